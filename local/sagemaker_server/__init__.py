"""Amazon SageMaker on one machine: the service's own wire protocol, jobs and endpoints as child processes."""
