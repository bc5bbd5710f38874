"""Operations that read, stop and delete: all of their members are real."""

from ..statuses import REAL, Tree, all_of
from .training import TAGS

_CREATED = "CreationTimeAfter CreationTimeBefore"
_MODIFIED = "LastModifiedTimeAfter LastModifiedTimeBefore"
_PAGE = "NextToken MaxResults SortBy SortOrder"
_JOBS = f"{_PAGE} {_CREATED} {_MODIFIED} NameContains StatusEquals"
_TUNING = "HyperParameterTuningJobName"
_NAMED = {
    "DescribeTrainingJob": "TrainingJobName",
    "StopTrainingJob": "TrainingJobName",
    "DeleteTrainingJob": "TrainingJobName",
    "DescribeHyperParameterTuningJob": _TUNING,
    "StopHyperParameterTuningJob": _TUNING,
    "DeleteHyperParameterTuningJob": _TUNING,
    "DescribeProcessingJob": "ProcessingJobName",
    "StopProcessingJob": "ProcessingJobName",
    "DeleteProcessingJob": "ProcessingJobName",
    "DescribeTransformJob": "TransformJobName",
    "StopTransformJob": "TransformJobName",
    "DescribeModel": "ModelName",
    "DeleteModel": "ModelName",
    "DescribeEndpointConfig": "EndpointConfigName",
    "DeleteEndpointConfig": "EndpointConfigName",
    "DescribeEndpoint": "EndpointName",
    "DeleteEndpoint": "EndpointName",
    "DescribeModelPackageGroup": "ModelPackageGroupName",
    "DeleteModelPackageGroup": "ModelPackageGroupName",
    "DeleteModelPackage": "ModelPackageName",
}
_LISTS = {
    "ListTrainingJobs": f"{_JOBS} WarmPoolStatusEquals TrainingPlanArnEquals",
    "ListHyperParameterTuningJobs": _JOBS,
    "ListTrainingJobsForHyperParameterTuningJob": f"{_TUNING} {_PAGE} StatusEquals",
    "ListProcessingJobs": _JOBS,
    "ListTransformJobs": _JOBS,
    "ListModels": f"{_PAGE} {_CREATED} NameContains",
    "ListEndpointConfigs": f"{_PAGE} {_CREATED} NameContains",
    "ListEndpoints": _JOBS,
    "ListModelPackageGroups": f"{_PAGE} {_CREATED} NameContains CrossAccountFilterOption",
    "ListModelPackages": (
        f"{_PAGE} {_CREATED} NameContains ModelApprovalStatus ModelPackageGroupName ModelPackageType"
    ),
}
OTHERS: dict[str, Tree] = {
    **{operation: all_of(REAL, names) for operation, names in {**_NAMED, **_LISTS}.items()},
    "AddTags": {"ResourceArn": REAL, "Tags": TAGS},
    "ListTags": all_of(REAL, "ResourceArn NextToken MaxResults"),
    "DeleteTags": all_of(REAL, "ResourceArn TagKeys"),
}
