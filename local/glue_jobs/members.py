"""What becomes of each member of each request about jobs; see sagemaker_server/members."""

from sagemaker_server.statuses import REAL, RECORDED, REFUSED, Tree, all_of

from .definition import REFUSED as REFUSED_OF_JOB
from .definition import REFUSED_OF_RUN

_CAPACITY: Tree = {
    **all_of(RECORDED, "AllocatedCapacity MaxCapacity NumberOfWorkers"),
    "WorkerType": RECORDED.without("Z.2X").noting("as Glue does for all but Ray"),
}
_DEFINITION: Tree = {
    **all_of(REAL, "DefaultArguments NonOverridableArguments MaxRetries Timeout"),
    **all_of(RECORDED, "JobMode Description LogUri Role ExecutionClass GlueVersion"),
    **_CAPACITY,
    "ExecutionProperty": all_of(REAL, "MaxConcurrentRuns"),
    "Command": {
        "Name": REAL.without("gluestreaming", "glueray"),
        "ScriptLocation": REAL,
        "PythonVersion": RECORDED.noting("the laptop's own Python runs"),
        "Runtime": REFUSED.noting("as Glue does for all but Ray"),
    },
    **all_of(REFUSED, *REFUSED_OF_JOB),
}
GLUE: dict[str, Tree] = {
    "CreateJob": {**all_of(REAL, "Name Tags"), **_DEFINITION},
    "UpdateJob": {"JobName": REAL, "JobUpdate": _DEFINITION},
    "StartJobRun": {
        **all_of(REAL, "JobName JobRunId Arguments Timeout"),
        "ExecutionClass": RECORDED,
        **_CAPACITY,
        **all_of(REFUSED, *REFUSED_OF_RUN),
    },
    "GetJob": all_of(REAL, "JobName"),
    "GetJobs": all_of(REAL, "NextToken MaxResults"),
    "ListJobs": all_of(REAL, "NextToken MaxResults Tags"),
    "BatchGetJobs": all_of(REAL, "JobNames"),
    "DeleteJob": all_of(REAL, "JobName"),
    "GetJobRun": {
        **all_of(REAL, "JobName RunId"),
        "PredecessorsIncluded": REAL.noting("no run has any: triggers are refused"),
    },
    "GetJobRuns": all_of(REAL, "JobName NextToken MaxResults"),
    "BatchStopJobRun": all_of(REAL, "JobName JobRunIds"),
    "GetJobBookmark": all_of(REAL, "JobName RunId"),
    "ResetJobBookmark": all_of(REAL, "JobName RunId"),
    "TagResource": all_of(REAL, "ResourceArn TagsToAdd"),
    "UntagResource": all_of(REAL, "ResourceArn TagsToRemove"),
    "GetTags": all_of(REAL, "ResourceArn"),
}
