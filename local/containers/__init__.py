"""What plays SageMaker's own images on one machine: the same contract, without Docker."""
