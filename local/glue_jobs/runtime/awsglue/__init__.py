"""What scripts import of Glue's own library, as far as a laptop has it."""
