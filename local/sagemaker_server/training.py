"""The operations on training jobs."""

from __future__ import annotations

import time
from typing import Any

from . import progress, tags
from .arns import arn
from .context import Context
from .errors import in_use, validation
from .listing import page
from .objects import join_uri
from .state import Doc
from .training_checks import DEFAULT_RUNTIME, check_training_job
from .training_run import KIND, run_training
from .training_status import STARTING, STOPPING, move_to

UNTIL_STOPPED = ("InProgress", "Stopping")


def create_training_job(ctx: Context, request: dict[str, Any]) -> dict[str, Any]:
    name = request["TrainingJobName"]
    taken = ctx.state.get(KIND, name)
    if taken:
        raise in_use(
            "Training job names must be unique within an AWS account and region, and a training job"
            " with this name"
            f" already exists ({taken['TrainingJobArn']})"
        )
    check_training_job(ctx, request)
    job = _described(ctx, request)
    if not tags.insert(ctx, KIND, name, job, job["TrainingJobArn"], request.get("Tags", [])):
        return create_training_job(ctx, request)
    _start(ctx, job)
    return {"TrainingJobArn": job["TrainingJobArn"]}


def _described(ctx: Context, request: dict[str, Any]) -> Doc:
    name, now = request["TrainingJobName"], time.time()
    output = request["OutputDataConfig"]
    uncompressed = output.get("CompressionType") == "NONE"
    artifacts = join_uri(output["S3OutputPath"], name, "output", "model/" if uncompressed else "model.tar.gz")
    metrics = progress.definitions_of(request)
    job: Doc = {
        "EnableNetworkIsolation": False,
        "EnableInterContainerTrafficEncryption": False,
        "EnableManagedSpotTraining": False,
        **{key: value for key, value in request.items() if key != "Tags"},
        "OutputDataConfig": {"KmsKeyId": "", **output},
        "AlgorithmSpecification": {
            **request["AlgorithmSpecification"],
            **({"MetricDefinitions": metrics} if metrics else {}),
        },
        "StoppingCondition": {
            "MaxRuntimeInSeconds": DEFAULT_RUNTIME,
            **request.get("StoppingCondition", {}),
        },
        **({"ProfilingStatus": "Disabled"} if request.get("ProfilerConfig") else {}),
        "TrainingJobArn": arn(ctx.settings, "training-job", name),
        "ModelArtifacts": {"S3ModelArtifacts": artifacts},
        "TrainingJobStatus": "InProgress",
        "CreationTime": now,
        "LastModifiedTime": now,
        "SecondaryStatusTransitions": [],
    }
    move_to(job, "Starting", STARTING)
    return job


def describe_training_job(ctx: Context, request: dict[str, Any]) -> dict[str, Any]:
    return _get(ctx, request["TrainingJobName"])


def list_training_jobs(ctx: Context, request: dict[str, Any]) -> dict[str, Any]:
    jobs, token = page(
        ctx.state.all(KIND), request, "TrainingJobName", "TrainingJobStatus", order="Ascending"
    )
    return {"TrainingJobSummaries": jobs, "NextToken": token}


def stop_training_job(ctx: Context, request: dict[str, Any]) -> dict[str, Any]:
    name = request["TrainingJobName"]
    found = _get(ctx, name)

    def stopping(job: Doc) -> None:
        if job["TrainingJobStatus"] not in UNTIL_STOPPED:
            raise validation(
                f"The request was rejected because the training job is in status {job['TrainingJobStatus']}."
            )
        if job["TrainingJobStatus"] == "InProgress":
            job["TrainingJobStatus"] = "Stopping"
            move_to(job, "Stopping", STOPPING)

    ctx.state.update(KIND, found["TrainingJobName"], stopping)
    handle = ctx.jobs.find(KIND, name)
    if handle:
        handle.stop()
    return {}


def delete_training_job(ctx: Context, request: dict[str, Any]) -> dict[str, Any]:
    job = _get(ctx, request["TrainingJobName"])
    if job["TrainingJobStatus"] in UNTIL_STOPPED:
        raise in_use(
            f"Training job {job['TrainingJobArn']} is in status {job['TrainingJobStatus']}; stop it first."
        )
    with ctx.state.locked():
        ctx.state.delete(progress.KIND, job["TrainingJobName"])
        tags.delete(ctx, KIND, job["TrainingJobName"], job["TrainingJobArn"])
    return {}


def _get(ctx: Context, name: str) -> Doc:
    job = ctx.state.get(KIND, name)
    if not job:
        raise validation("Requested resource not found.")
    return job


def resume_all(ctx: Context) -> None:
    """Jobs that an earlier server had under way: their processes are gone, and they run again."""
    for job in ctx.state.all(KIND):
        if job["TrainingJobStatus"] in UNTIL_STOPPED:
            stopping = job["TrainingJobStatus"] == "Stopping"
            _start(ctx, job, job.get("_limit", "Stopped") if stopping else None)


def _start(ctx: Context, job: Doc, stopped: str | None = None) -> None:
    name = job["TrainingJobName"]
    ctx.jobs.start(KIND, name, lambda handle: run_training(ctx, job, handle), stopped)
