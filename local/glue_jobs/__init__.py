"""Glue's jobs on a laptop, on the SageMaker server's port; the catalog is passed on to the emulator."""
