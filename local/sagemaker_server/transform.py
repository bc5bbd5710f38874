"""The operations on batch transform jobs."""

from __future__ import annotations

import time
from typing import Any

from . import tags
from .arns import arn
from .context import Context
from .data_processing import check_processing
from .errors import in_use, refused, validation
from .listing import page
from .models import get_model
from .refusals import refuse
from .state import Doc
from .transform_run import run_transform

KIND = "transform-job"
REFUSED = ("DataCaptureConfig", "ExperimentConfig")
REFUSED_OF_RESOURCES = ("VolumeKmsKeyId",)
UNTIL_STOPPED = ("InProgress", "Stopping")


def create_transform_job(ctx: Context, request: dict[str, Any]) -> dict[str, Any]:
    name = request["TransformJobName"]
    taken = ctx.state.get(KIND, name)
    if taken:
        raise in_use(
            "Job name must be unique within an AWS account and region, and a job with this name already"
            " exists"
            f" ({taken['TransformJobArn']})"
        )
    _check(request)
    model = get_model(ctx, request["ModelName"])
    now = time.time()
    given = {key: value for key, value in request.items() if key != "Tags"}
    job: Doc = {
        **given,
        "TransformInput": {"CompressionType": "None", "SplitType": "None", **request["TransformInput"]},
        "TransformOutput": {"AssembleWith": "None", **request["TransformOutput"]},
        "TransformJobArn": arn(ctx.settings, "transform-job", name),
        "TransformJobStatus": "InProgress",
        "CreationTime": now,
        "LastModifiedTime": now,
        "_container": model["_container"],
    }
    if not tags.insert(ctx, KIND, name, job, job["TransformJobArn"], request.get("Tags", [])):
        return create_transform_job(ctx, request)
    _start(ctx, job)
    return {"TransformJobArn": job["TransformJobArn"]}


def describe_transform_job(ctx: Context, request: dict[str, Any]) -> dict[str, Any]:
    return _get(ctx, request["TransformJobName"])


def list_transform_jobs(ctx: Context, request: dict[str, Any]) -> dict[str, Any]:
    jobs, token = page(ctx.state.all(KIND), request, "TransformJobName", "TransformJobStatus")
    return {"TransformJobSummaries": jobs, "NextToken": token}


def stop_transform_job(ctx: Context, request: dict[str, Any]) -> dict[str, Any]:
    name = _get(ctx, request["TransformJobName"])["TransformJobName"]

    def stopping(job: Doc) -> None:
        if job["TransformJobStatus"] not in UNTIL_STOPPED:
            raise validation(
                f"The request was rejected because the transform job is in status"
                f" {job['TransformJobStatus']}."
            )
        job["TransformJobStatus"] = "Stopping"

    ctx.state.update(KIND, name, stopping)
    handle = ctx.jobs.find(KIND, name)
    if handle:
        handle.stop()
    return {}


def _get(ctx: Context, name: str) -> Doc:
    job = ctx.state.get(KIND, name)
    if not job:
        raise validation(f"Could not find requested job with name: {name}")
    return job


def _check(request: dict[str, Any]) -> None:
    tags.check_unique(request.get("Tags", []))
    source = request["TransformInput"]
    kind = source["DataSource"]["S3DataSource"]["S3DataType"]
    if kind not in ("S3Prefix", "ManifestFile"):
        raise refused(f"S3DataType {kind} of a transform job", "Use S3Prefix or ManifestFile.")
    if source.get("SplitType", "None") not in ("None", "Line"):
        raise refused(f"SplitType {source['SplitType']}", "Use None or Line.")
    check_processing(request)
    refuse(request, REFUSED, "a transform job")
    refuse(request["TransformResources"], REFUSED_OF_RESOURCES, "TransformResources")
    megabytes, concurrent = request.get("MaxPayloadInMB", 6), request.get("MaxConcurrentTransforms", 1)
    if megabytes * concurrent > 100:
        raise validation(
            f"MaxConcurrentTransforms * MaxPayloadInMB must not exceed 100 MB; found {concurrent} *"
            f" {megabytes}."
        )
    if request["TransformResources"]["InstanceCount"] != 1:
        raise refused("a transform job of several instances", "Use InstanceCount 1.")


def resume_all(ctx: Context) -> None:
    """Jobs that an earlier server had under way: their processes are gone, and they run again."""
    for job in ctx.state.all(KIND):
        if job["TransformJobStatus"] in UNTIL_STOPPED:
            _start(ctx, job, "Stopped" if job["TransformJobStatus"] == "Stopping" else None)


def _start(ctx: Context, job: Doc, stopped: str | None = None) -> None:
    name = job["TransformJobName"]
    ctx.jobs.start(KIND, name, lambda handle: run_transform(ctx, job, handle), stopped)
