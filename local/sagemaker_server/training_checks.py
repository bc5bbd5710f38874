"""What AWS refuses of a training job at once, and what this server does not do."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Any

from . import images, isolation, tags
from .context import Context
from .errors import limit_exceeded, refused, validation
from .objects import split_uri
from .progress import unreadable
from .refusals import refuse
from .state import Doc

REFUSED = (
    "VpcConfig", "DebugRuleConfigurations", "TensorBoardOutputConfig", "ProfilerRuleConfigurations",
    "SessionChainingConfig", "ServerlessJobConfig", "MlflowConfig", "ModelPackageConfig", "InfraCheckConfig",
    "RemoteDebugConfig", "ExperimentConfig",
)  # fmt: skip
REFUSED_OF_ALGORITHM = ("AlgorithmName", "ContainerEntrypoint", "ContainerArguments", "TrainingImageConfig")
REFUSED_OF_DATA = ("FileSystemDataSource", "DatasetSource")
REFUSED_OF_SOURCE = ("AttributeNames", "InstanceGroupNames", "ModelAccessConfig", "HubAccessConfig")
REFUSED_OF_RESOURCES = (
    "InstanceGroups", "TrainingPlanArn", "InstancePlacementConfig", "InstancePreferences", "VolumeKmsKeyId",
    "KeepAlivePeriodInSeconds", "SelectedInstanceType", "SelectedInstanceCount",
)  # fmt: skip
REFUSED_OF_DEBUGGER = ("CollectionConfigurations", "HookParameters")
REFUSED_OF_PROFILER = ("ProfilingParameters",)
DEFAULT_RUNTIME = 86_400
MOST_INSTANCES = 8
CHECKPOINTS = "/opt/ml/checkpoints"


def check_training_job(ctx: Context, request: dict[str, Any]) -> None:
    """Raises ServiceError."""
    algorithm = request.get("AlgorithmSpecification")
    resources = request.get("ResourceConfig")
    if not algorithm or not resources:
        missing = "resourceConfig" if algorithm else "algorithmSpecification"
        raise validation(
            f"1 validation error detected: Value null at '{missing}' failed to satisfy constraint:"
            " Member must not be null"
        )
    tags.check_unique(request.get("Tags", []))
    refuse(request, REFUSED, "a training job")
    refuse(request.get("DebugHookConfig", {}), REFUSED_OF_DEBUGGER, "DebugHookConfig")
    refuse(request.get("ProfilerConfig", {}), REFUSED_OF_PROFILER, "ProfilerConfig")
    _check_algorithm(algorithm)
    _check_resources(request, resources)
    _check_output(request["OutputDataConfig"])
    _check_time(request)
    _check_checkpoints(request.get("CheckpointConfig"))
    names = [channel["ChannelName"] for channel in request.get("InputDataConfig", [])]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise validation(f"Channel names must be unique; found twice: {', '.join(twice)}")
    for channel in request.get("InputDataConfig", []):
        _check_channel(ctx, channel, algorithm["TrainingInputMode"], request["RoleArn"])


def _check_algorithm(algorithm: Doc) -> None:
    for member in REFUSED_OF_ALGORITHM:
        if algorithm.get(member):
            raise refused(f"AlgorithmSpecification.{member}", "Give TrainingImage.")
    image = algorithm.get("TrainingImage")
    if not image:
        raise validation("No training image or algorithm was given in AlgorithmSpecification.")
    if images.repository(image) is None:
        raise validation(
            f"Invalid image URI {image}. Please provide a valid Amazon Elastic Container Registry path of the"
            " Docker image to run."
        )
    seen: set[str] = set()
    for metric in algorithm.get("MetricDefinitions", []):
        wrong = unreadable(metric["Regex"])
        if wrong:
            raise validation(f"Invalid regular expression of metric {metric['Name']}: {wrong}")
        if metric["Name"] in seen:
            raise validation(f"Metric names must be unique; found twice: {metric['Name']}")
        seen.add(metric["Name"])


def _check_resources(request: Doc, resources: Doc) -> None:
    refuse(resources, REFUSED_OF_RESOURCES, "ResourceConfig", "Give InstanceType and InstanceCount.")
    count = resources.get("InstanceCount")
    if not resources.get("InstanceType") or not count:
        raise validation("ResourceConfig needs InstanceType and InstanceCount.")
    if count > MOST_INSTANCES:
        raise limit_exceeded(
            f"The account-level service limit '{resources['InstanceType']} for training job usage' is"
            f" {MOST_INSTANCES} Instances, with current utilization of 0 Instances and a request delta of"
            f" {count} Instances. Please contact AWS support to request an increase for this limit. (One"
            " machine runs the local SageMaker server.)"
        )
    if request.get("EnableNetworkIsolation") and not isolation.has_isolation():
        raise refused(
            "EnableNetworkIsolation on this machine", "It needs Linux with user namespaces, or root."
        )
    if count == 1:
        return
    for member in ("EnableNetworkIsolation", "EnableInterContainerTrafficEncryption"):
        if request.get(member):
            raise refused(f"{member} with more than one instance", "Give InstanceCount 1.")
    built_in = images.repository(request["AlgorithmSpecification"]["TrainingImage"]) == "sagemaker-xgboost"
    if built_in and not _has_script(request):
        raise refused("the built-in XGBoost on more than one instance", "Give InstanceCount 1, or a script.")


def _has_script(request: Doc) -> bool:
    return "sagemaker_program" in request.get("HyperParameters", {}) or "SAGEMAKER_PROGRAM" in request.get(
        "Environment", {}
    )


def _check_output(output: Doc) -> None:
    kind = output.get("CompressionType", "GZIP")
    if kind not in ("GZIP", "NONE"):
        raise validation(
            f"1 validation error detected: Value '{kind}' at 'outputDataConfig.compressionType' failed to"
            " satisfy constraint: Member must satisfy enum value set: [GZIP, NONE]"
        )
    split_uri(output["S3OutputPath"])


def _check_time(request: dict[str, Any]) -> None:
    stopping = request.get("StoppingCondition", {})
    wait = stopping.get("MaxWaitTimeInSeconds")
    if not request.get("EnableManagedSpotTraining"):
        if wait is not None:
            raise validation(
                "Invalid MaxWaitTimeInSeconds. It is only supported when EnableManagedSpotTraining is set to"
                " true"
            )
        return
    if wait is None or wait < stopping.get("MaxRuntimeInSeconds", DEFAULT_RUNTIME):
        raise validation(
            "Invalid MaxWaitTimeInSeconds. It must be present and be greater than or equal to"
            " MaxRuntimeInSeconds"
        )


def _check_checkpoints(config: Doc | None) -> None:
    if not config:
        return
    split_uri(config["S3Uri"])
    path = PurePosixPath(config.get("LocalPath") or CHECKPOINTS)
    parts = path.parts[3:]
    if path.parts[:3] != ("/", "opt", "ml") or ".." in parts:
        raise refused(
            f"CheckpointConfig.LocalPath {path}", f"Give a folder below /opt/ml, such as {CHECKPOINTS}."
        )
    if not parts or parts[0] in ("input", "output", "model", "code", "tmp"):
        raise validation(
            f"Invalid LocalPath {path}: it is SageMaker's own. Give another folder, such as {CHECKPOINTS}."
        )


def _check_channel(ctx: Context, channel: Doc, default_mode: str, role: str) -> None:
    name = channel["ChannelName"]
    mode = channel.get("InputMode") or default_mode
    # Any seed asks for a shuffle, 0 too.
    if "ShuffleConfig" in channel:
        raise refused(f"ShuffleConfig of channel {name}")
    if mode == "Pipe":
        raise refused(f"Pipe mode (channel {name})", "Use File or FastFile.")
    compression = channel.get("CompressionType", "None")
    if compression != "None":
        raise validation(
            f"Invalid compression type for channel {name}: {mode} mode only supports NONE, got {compression}"
            " instead"
        )
    if channel.get("RecordWrapperType", "None") != "None":
        raise refused(f"RecordWrapperType of channel {name}", "Use None.")
    refuse(channel["DataSource"], REFUSED_OF_DATA, f"channel {name}", "Use S3DataSource.")
    source = channel["DataSource"].get("S3DataSource")
    if not source:
        raise refused(f"a data source other than S3 (channel {name})", "Use S3DataSource.")
    if source["S3DataType"] not in ("S3Prefix", "ManifestFile"):
        raise refused(f"S3DataType {source['S3DataType']} (channel {name})", "Use S3Prefix or ManifestFile.")
    refuse(source, REFUSED_OF_SOURCE, f"channel {name}")
    if next(iter(ctx.objects.at_once.below(source["S3Uri"])), None) is None:
        bucket, _ = split_uri(source["S3Uri"])
        raise validation(
            f'No S3 objects found under S3 URL "{source["S3Uri"]}" given in input data source. Please ensure'
            f" that the bucket exists in the selected region ({ctx.settings.region}), that objects exist"
            f' under that S3 prefix, and that the role "{role}" has "s3:ListBucket" permissions on bucket'
            f' "{bucket}".'
        )
