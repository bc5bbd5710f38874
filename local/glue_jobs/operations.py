"""What is answered here, what is refused, and what is passed on to the emulator of AWS."""

from __future__ import annotations

import re

from sagemaker_server.context import Context, Operation
from sagemaker_server.errors import ServiceError
from sagemaker_server.model import service
from sagemaker_server.operations import known
from sagemaker_server.validation import check
from sagemaker_server.wire import Answer, request_of

from . import bookmarks, jobs, passing, runs, tags
from .wire import answer, failure

__all__ = ["LARGEST_REQUEST", "TARGET", "failure", "operate"]
TARGET = "AWSGlue."
# A batch of the catalog's partitions is the largest that comes.
LARGEST_REQUEST = 16 * 1024 * 1024

OPERATIONS: dict[str, Operation] = {
    "CreateJob": jobs.create_job,
    "GetJob": jobs.get_job,
    "GetJobs": jobs.get_jobs,
    "ListJobs": jobs.list_jobs,
    "BatchGetJobs": jobs.batch_get_jobs,
    "UpdateJob": jobs.update_job,
    "DeleteJob": jobs.delete_job,
    "StartJobRun": runs.start_job_run,
    "GetJobRun": runs.get_job_run,
    "GetJobRuns": runs.get_job_runs,
    "BatchStopJobRun": runs.batch_stop_job_run,
    "GetJobBookmark": bookmarks.get_job_bookmark,
    "ResetJobBookmark": bookmarks.reset_job_bookmark,
}
OF_TAGS: dict[str, Operation] = {
    "TagResource": tags.tag_resource,
    "UntagResource": tags.untag_resource,
    "GetTags": tags.get_tags,
}
# The emulator keeps these and says that they run or will run, and nothing does.
REFUSED = re.compile(
    r"(Start|Stop|Run|Cancel|Resume).*"
    r"|(Create|Update)(Blueprint|Crawler|CrawlerSchedule|DevEndpoint|MLTransform|Session|Trigger|Workflow)"
    r"|(Create|Update)(ColumnStatisticsTaskSettings|DataQualityRuleset|Integration|TableOptimizer)"
    r"|UpdateJobFromSourceControl|UpdateSourceControlFromJob|GetCrawlerMetrics"
)


def operate(ctx: Context, name: str, headers: dict[str, str], body: bytes) -> Answer:
    """Raises ServiceError."""
    model = service("glue")
    if name not in model.operation_names:
        raise ServiceError("UnknownOperationException", f'Glue has no operation "{name}".')
    operation = OPERATIONS.get(name)
    if name in OF_TAGS and tags.of_a_job(request_of(body)):
        operation = OF_TAGS[name]
    if operation:
        request = request_of(body)
        shape = model.operation_model(name).input_shape
        check(shape, request)
        return answer(name, operation(ctx, known(shape, request)))
    if REFUSED.fullmatch(name):
        raise ServiceError(
            "UnsupportedOperationException",
            f"{name} is not supported on a laptop: nothing would run. Start jobs by StartJobRun. See"
            " docs/laptop-glue.md.",
        )
    return passing.ask(ctx.settings.aws, headers, body)
