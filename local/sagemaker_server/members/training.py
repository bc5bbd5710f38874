"""CreateTrainingJob, and what tuning jobs share with it."""

from .. import training_checks as checks
from ..statuses import REAL, RECORDED, REFUSED, Tree, all_of

TAGS: Tree = all_of(REAL, "Key Value")
_ALONE = REAL.noting("with one instance")
ALGORITHM: Tree = {
    "TrainingImage": REAL,
    "TrainingInputMode": REAL.without("Pipe"),
    "MetricDefinitions": all_of(REAL, "Name Regex"),
    "AlgorithmName": REFUSED,
}
CHANNEL: Tree = {
    **all_of(REAL, "ChannelName ContentType CompressionType"),
    "InputMode": REAL.without("Pipe"),
    "RecordWrapperType": REAL.without("RecordIO"),
    "ShuffleConfig": REFUSED,
    "DataSource": {
        "S3DataSource": {
            **all_of(REAL, "S3Uri S3DataDistributionType"),
            "S3DataType": REAL.without("AugmentedManifestFile", "Converse"),
            **all_of(REFUSED, *checks.REFUSED_OF_SOURCE),
        },
        **all_of(REFUSED, *checks.REFUSED_OF_DATA),
    },
}
RESOURCES: Tree = {
    **all_of(REAL, "InstanceType InstanceCount"),
    "VolumeSizeInGB": RECORDED,
    **all_of(REFUSED, *checks.REFUSED_OF_RESOURCES),
}
# Of CreateTrainingJob, and of the definitions of a tuning job.
SHARED: Tree = {
    "RoleArn": RECORDED,
    "InputDataConfig": CHANNEL,
    "OutputDataConfig": all_of(REAL, "KmsKeyId S3OutputPath CompressionType"),
    "ResourceConfig": RESOURCES,
    "StoppingCondition": {
        **all_of(REAL, "MaxRuntimeInSeconds MaxWaitTimeInSeconds"),
        "MaxPendingTimeInSeconds": RECORDED,
    },
    "VpcConfig": REFUSED,
    "EnableNetworkIsolation": _ALONE,
    "EnableInterContainerTrafficEncryption": RECORDED.noting("with one instance"),
    "EnableManagedSpotTraining": REAL,
    "CheckpointConfig": all_of(REAL, "S3Uri LocalPath"),
    "RetryStrategy": all_of(REAL, "MaximumRetryAttempts"),
    "Environment": REAL,
}
TRAINING: dict[str, Tree] = {
    "CreateTrainingJob": {
        **all_of(REAL, "TrainingJobName HyperParameters"),
        **SHARED,
        "AlgorithmSpecification": {
            **ALGORITHM,
            "EnableSageMakerMetricsTimeSeries": RECORDED,
            **all_of(REFUSED, *checks.REFUSED_OF_ALGORITHM),
        },
        "Tags": TAGS,
        "DebugHookConfig": {
            **all_of(RECORDED, "LocalPath S3OutputPath"),
            **all_of(REFUSED, *checks.REFUSED_OF_DEBUGGER),
        },
        "ProfilerConfig": {
            **all_of(RECORDED, "S3OutputPath ProfilingIntervalInMilliseconds DisableProfiler"),
            **all_of(REFUSED, *checks.REFUSED_OF_PROFILER),
        },
        **all_of(REFUSED, *checks.REFUSED),
    },
}
