"""The operations on processing jobs."""

from __future__ import annotations

import time
from typing import Any

from . import tags
from .arns import arn
from .context import Context
from .errors import in_use, validation
from .listing import page
from .processing_check import check_processing_job
from .processing_run import KIND, run_processing
from .state import Doc

UNTIL_STOPPED = ("InProgress", "Stopping")
DEFAULT_RUNTIME = 86_400


def create_processing_job(ctx: Context, request: dict[str, Any]) -> dict[str, Any]:
    name = request["ProcessingJobName"]
    taken = ctx.state.get(KIND, name)
    if taken:
        raise in_use(
            "Job name must be unique within an AWS account and region, and a job with this name already"
            f" exists ({taken['ProcessingJobArn']})"
        )
    check_processing_job(request)
    now = time.time()
    cluster = {"InstanceCount": 1, **request["ProcessingResources"]["ClusterConfig"]}
    job: Doc = {
        **{member: value for member, value in request.items() if member != "Tags"},
        "ProcessingResources": {"ClusterConfig": cluster},
        "StoppingCondition": request.get("StoppingCondition", {"MaxRuntimeInSeconds": DEFAULT_RUNTIME}),
        "ProcessingJobArn": arn(ctx.settings, KIND, name),
        "ProcessingJobStatus": "InProgress",
        "CreationTime": now,
        "LastModifiedTime": now,
    }
    if not tags.insert(ctx, KIND, name, job, job["ProcessingJobArn"], request.get("Tags", [])):
        return create_processing_job(ctx, request)
    _start(ctx, job)
    return {"ProcessingJobArn": job["ProcessingJobArn"]}


def describe_processing_job(ctx: Context, request: dict[str, Any]) -> dict[str, Any]:
    return _get(ctx, request)


def list_processing_jobs(ctx: Context, request: dict[str, Any]) -> dict[str, Any]:
    jobs = ctx.state.all(KIND)
    shown, token = page(jobs, request, "ProcessingJobName", "ProcessingJobStatus", order="Ascending")
    return {"ProcessingJobSummaries": shown, "NextToken": token}


def stop_processing_job(ctx: Context, request: dict[str, Any]) -> dict[str, Any]:
    name = _get(ctx, request)["ProcessingJobName"]

    def stopping(job: Doc) -> None:
        if job["ProcessingJobStatus"] not in UNTIL_STOPPED:
            status = job["ProcessingJobStatus"]
            raise validation(f"The request was rejected because the processing job is in status {status}.")
        job["ProcessingJobStatus"] = "Stopping"

    ctx.state.update(KIND, name, stopping)
    handle = ctx.jobs.find(KIND, name)
    if handle:
        handle.stop()
    return {}


def delete_processing_job(ctx: Context, request: dict[str, Any]) -> dict[str, Any]:
    job = _get(ctx, request)
    if job["ProcessingJobStatus"] in UNTIL_STOPPED:
        status = job["ProcessingJobStatus"]
        raise in_use(f"Processing job {job['ProcessingJobArn']} is in status {status}; stop it first.")
    tags.delete(ctx, KIND, job["ProcessingJobName"], job["ProcessingJobArn"])
    return {}


def resume_all(ctx: Context) -> None:
    """Jobs that an earlier server had under way: their processes are gone, and they run again."""
    for job in ctx.state.all(KIND):
        if job["ProcessingJobStatus"] in UNTIL_STOPPED:
            _start(ctx, job, "Stopped" if job["ProcessingJobStatus"] == "Stopping" else None)


def _start(ctx: Context, job: Doc, stopped: str | None = None) -> None:
    name = job["ProcessingJobName"]
    ctx.jobs.start(KIND, name, lambda handle: run_processing(ctx, job, handle), stopped)


def _get(ctx: Context, request: dict[str, Any]) -> Doc:
    name = request["ProcessingJobName"]
    job = ctx.state.get(KIND, name)
    if not job:
        raise validation(f"Could not find requested job with name: {name}")
    return job
