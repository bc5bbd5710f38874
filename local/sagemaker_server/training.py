"""The operations on training jobs."""

from __future__ import annotations

import time
from typing import Any

from . import images, tags
from .arns import arn
from .context import Context
from .errors import in_use, limit_exceeded, refused, validation
from .listing import page
from .objects import join_uri, split_uri
from .state import Doc
from .training_run import INTERNAL, move_to, run_training

KIND = "training-job"
UNTIL_STOPPED = ("InProgress", "Stopping")
REFUSED = (
    "VpcConfig", "DebugRuleConfigurations", "TensorBoardOutputConfig", "ProfilerRuleConfigurations",
    "SessionChainingConfig", "ServerlessJobConfig", "MlflowConfig", "ModelPackageConfig", "InfraCheckConfig",
)  # fmt: skip
REFUSED_OF_ALGORITHM = ("AlgorithmName", "ContainerEntrypoint", "ContainerArguments", "TrainingImageConfig")
REFUSED_OF_CHANNEL = ("ShuffleConfig", "AttributeNames")
DEFAULT_RUNTIME = 86_400


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
    now = time.time()
    output = request["OutputDataConfig"]["S3OutputPath"]
    stopping = {"MaxRuntimeInSeconds": DEFAULT_RUNTIME, **request.get("StoppingCondition", {})}
    job: Doc = {
        "EnableNetworkIsolation": False,
        "EnableInterContainerTrafficEncryption": False,
        "EnableManagedSpotTraining": False,
        **{key: value for key, value in request.items() if key not in ("Tags", "StoppingCondition")},
        "StoppingCondition": stopping,
        "TrainingJobArn": arn(ctx.settings, "training-job", name),
        "ModelArtifacts": {"S3ModelArtifacts": join_uri(output, name, "output", "model.tar.gz")},
        "TrainingJobStatus": "InProgress",
        "CreationTime": now,
        "LastModifiedTime": now,
        "SecondaryStatusTransitions": [],
    }
    move_to(job, "Starting", "Starting the training job")
    if not ctx.state.insert(KIND, name, job):
        return create_training_job(ctx, request)
    tags.put(ctx, job["TrainingJobArn"], request.get("Tags", []))
    ctx.jobs.start(KIND, name, lambda handle: run_training(ctx, job, handle))
    return {"TrainingJobArn": job["TrainingJobArn"]}


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
            move_to(job, "Stopping", "Stopping the training job")

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
    ctx.state.delete(KIND, job["TrainingJobName"])
    tags.drop(ctx, job["TrainingJobArn"])
    return {}


def _get(ctx: Context, name: str) -> Doc:
    job = ctx.state.get(KIND, name)
    if not job:
        raise validation("Requested resource not found.")
    return job


def check_training_job(ctx: Context, request: dict[str, Any]) -> None:
    """What AWS refuses at once, and what this server does not do."""
    algorithm = request.get("AlgorithmSpecification")
    resources = request.get("ResourceConfig")
    if not algorithm or not resources:
        missing = "resourceConfig" if algorithm else "algorithmSpecification"
        raise validation(
            f"1 validation error detected: Value null at '{missing}' failed to satisfy constraint:"
            " Member must not be null"
        )
    tags.check_unique(request.get("Tags", []))
    for member in REFUSED:
        if request.get(member):
            raise refused(f"{member} of a training job")
    for member in REFUSED_OF_ALGORITHM:
        if algorithm.get(member):
            raise refused(f"AlgorithmSpecification.{member}", "Give TrainingImage.")
    image = algorithm.get("TrainingImage")
    if not image:
        raise validation("No training image or algorithm was given in AlgorithmSpecification.")
    if images.repository(image) is None:
        raise validation(
            f"Invalid image URI {image}. Please provide a valid Amazon Elastic Container Registry path"
            " of the Docker"
            " image to run."
        )
    _check_resources(resources)
    _check_time(request)
    names = [channel["ChannelName"] for channel in request.get("InputDataConfig", [])]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise validation(f"Channel names must be unique; found twice: {', '.join(twice)}")
    for channel in request.get("InputDataConfig", []):
        _check_channel(ctx, channel, algorithm["TrainingInputMode"], request["RoleArn"])


def _check_resources(resources: Doc) -> None:
    if resources.get("InstanceGroups") or resources.get("TrainingPlanArn"):
        raise refused(
            "ResourceConfig with InstanceGroups or TrainingPlanArn", "Give InstanceType and InstanceCount."
        )
    if not resources.get("InstanceType") or resources.get("InstanceCount") is None:
        raise validation("ResourceConfig needs InstanceType and InstanceCount.")
    if resources["InstanceCount"] != 1:
        raise limit_exceeded(
            f"The account-level service limit '{resources['InstanceType']} for training job usage' is 1"
            " Instances, with"
            f" current utilization of 0 Instances and a request delta of {resources['InstanceCount']}"
            " Instances. Please"
            " contact AWS support to request an increase for this limit. (One machine runs the local"
            " SageMaker server.)"
        )


def _check_time(request: dict[str, Any]) -> None:
    stopping = request.get("StoppingCondition", {})
    wait = stopping.get("MaxWaitTimeInSeconds")
    if not request.get("EnableManagedSpotTraining"):
        if wait is not None:
            raise validation("MaxWaitTimeInSeconds is not supported without EnableManagedSpotTraining.")
        return
    if wait is None:
        raise validation("MaxWaitTimeInSeconds is required when EnableManagedSpotTraining is true.")
    if wait < stopping.get("MaxRuntimeInSeconds", DEFAULT_RUNTIME):
        raise validation(
            "Invalid MaxWaitTimeInSeconds. It must be present and be greater than or equal to"
            " MaxRuntimeInSeconds"
        )


def _check_channel(ctx: Context, channel: Doc, mode: str, role: str) -> None:
    name = channel["ChannelName"]
    for member in REFUSED_OF_CHANNEL:
        if channel.get(member):
            raise refused(f"{member} of channel {name}")
    if (channel.get("InputMode") or mode) == "Pipe":
        raise refused(f"Pipe mode (channel {name})", "Use File or FastFile.")
    if channel.get("RecordWrapperType", "None") != "None":
        raise refused(f"RecordWrapperType of channel {name}", "Use None.")
    source = channel["DataSource"].get("S3DataSource")
    if not source:
        raise refused(f"a data source other than S3 (channel {name})", "Use S3DataSource.")
    if source["S3DataType"] not in ("S3Prefix", "ManifestFile"):
        raise refused(f"S3DataType {source['S3DataType']} (channel {name})", "Use S3Prefix or ManifestFile.")
    found = ctx.objects.below(source["S3Uri"])
    if next(iter(found), None) is None:
        bucket, _ = split_uri(source["S3Uri"])
        raise validation(
            f'No S3 objects found under S3 URL "{source["S3Uri"]}" given in input data source. Please'
            " ensure that the"
            f" bucket exists in the selected region ({ctx.settings.region}), that objects exist under"
            " that S3 prefix,"
            f' and that the role "{role}" has "s3:ListBucket" permissions on bucket "{bucket}".'
        )


def fail_orphans(ctx: Context) -> None:
    """Jobs that an earlier server ran: their processes are gone."""

    def failed(job: Doc) -> None:
        job["TrainingJobStatus"] = "Failed"
        job["FailureReason"] = INTERNAL
        job["TrainingEndTime"] = time.time()
        move_to(job, "Failed", job["FailureReason"])

    for job in ctx.state.all(KIND):
        if job["TrainingJobStatus"] in UNTIL_STOPPED:
            ctx.state.update(KIND, job["TrainingJobName"], failed)
