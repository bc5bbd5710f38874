"""CreateHyperParameterTuningJob."""

from .. import tuning_check as checks
from ..statuses import REAL, RECORDED, REFUSED, Tree, all_of
from .training import ALGORITHM, SHARED, TAGS

_RANGES: Tree = {
    "IntegerParameterRanges": all_of(REAL, "Name MinValue MaxValue ScalingType"),
    "ContinuousParameterRanges": all_of(REAL, "Name MinValue MaxValue ScalingType"),
    "CategoricalParameterRanges": all_of(REAL, "Name Values"),
    "AutoParameters": REFUSED,
}
_OBJECTIVE: Tree = all_of(REAL, "Type MetricName")
_INSTANCE: Tree = {**all_of(REAL, "InstanceType InstanceCount"), "VolumeSizeInGB": RECORDED}
_DEFINITION: Tree = {
    **SHARED,
    **all_of(REAL, "DefinitionName StaticHyperParameters"),
    "TuningObjective": _OBJECTIVE,
    "HyperParameterRanges": _RANGES,
    "AlgorithmSpecification": ALGORITHM,
    "HyperParameterTuningResourceConfig": {
        **_INSTANCE,
        "InstanceConfigs": _INSTANCE,
        "AllocationStrategy": RECORDED.noting("the first of InstanceConfigs is always to be had"),
        "VolumeKmsKeyId": REFUSED,
    },
}
TUNING: dict[str, Tree] = {
    "CreateHyperParameterTuningJob": {
        "HyperParameterTuningJobName": REAL,
        "HyperParameterTuningJobConfig": {
            **all_of(REAL, "Strategy TrainingJobEarlyStoppingType RandomSeed"),
            "StrategyConfig": {"HyperbandStrategyConfig": all_of(REAL, "MinResource MaxResource")},
            "HyperParameterTuningJobObjective": _OBJECTIVE,
            "ResourceLimits": all_of(
                REAL, "MaxNumberOfTrainingJobs MaxParallelTrainingJobs MaxRuntimeInSeconds"
            ),
            "ParameterRanges": _RANGES,
            "TuningJobCompletionCriteria": {
                "TargetObjectiveMetricValue": REAL,
                "BestObjectiveNotImproving": all_of(REAL, "MaxNumberOfTrainingJobsNotImproving"),
                "ConvergenceDetected": all_of(REAL, "CompleteOnConvergence"),
            },
        },
        "TrainingJobDefinition": _DEFINITION,
        "TrainingJobDefinitions": _DEFINITION,
        "Tags": TAGS,
        **all_of(REFUSED, *checks.REFUSED),
    },
}
