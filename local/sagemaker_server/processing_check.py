"""What CreateProcessingJob refuses: wrong paths and limits, and what this server does not do."""

from __future__ import annotations

from . import images, isolation, tags
from .errors import limit_exceeded, refused, validation
from .refusals import refuse
from .state import Doc

REFUSED = ("ExperimentConfig",)
REFUSED_OF_CLUSTER = (
    "VolumeKmsKeyId", "InstancePreferences", "SelectedInstanceType", "SelectedInstanceCount",
)  # fmt: skip
REFUSED_OF_INPUT = ("DatasetDefinition", "AppManaged")
REFUSED_OF_OUTPUT = ("FeatureStoreOutput", "AppManaged")
REFUSED_OF_NETWORK = ("VpcConfig", "EnableInterContainerTrafficEncryption")
MOST_INSTANCES = 4
LEAVE_OUT = "Leave it out."
BELOW = "/opt/ml/processing/"


def check_processing_job(request: Doc) -> None:
    tags.check_unique(request.get("Tags", []))
    refuse(request, REFUSED, "a processing job", LEAVE_OUT)
    image = request["AppSpecification"]["ImageUri"]
    if images.repository(image) is None:
        raise validation(
            f"Invalid image URI {image}. Please provide a valid Amazon Elastic Container Registry path of the"
            " Docker image to run."
        )
    _check_cluster(request["ProcessingResources"]["ClusterConfig"])
    network = request.get("NetworkConfig", {})
    refuse(network, REFUSED_OF_NETWORK, "NetworkConfig", LEAVE_OUT)
    if network.get("EnableNetworkIsolation") and not isolation.has_isolation():
        raise refused("EnableNetworkIsolation on this machine", "Leave it out.")
    inputs = request.get("ProcessingInputs", [])
    config = request.get("ProcessingOutputConfig", {})
    outputs = config.get("Outputs", [])
    _check_names("input", [each["InputName"] for each in inputs])
    _check_names("output", [each["OutputName"] for each in outputs])
    for each in inputs:
        _check_input(each)
    for each in outputs:
        refuse(each, REFUSED_OF_OUTPUT, f"output {each['OutputName']}", LEAVE_OUT)
        _check_path(each.get("S3Output"), f"S3Output of output {each['OutputName']}")


def _check_cluster(cluster: Doc) -> None:
    refuse(cluster, REFUSED_OF_CLUSTER, "ClusterConfig", LEAVE_OUT)
    kind, count = cluster.get("InstanceType"), cluster.get("InstanceCount", 1)
    if not kind:
        raise validation("ClusterConfig needs InstanceType.")
    if count > MOST_INSTANCES:
        raise limit_exceeded(
            f"The account-level service limit '{kind} for processing job usage' is {MOST_INSTANCES}"
            f" Instances, with current utilization of 0 Instances and a request delta of {count} Instances."
            " Please use AWS Service Quotas to request an increase for this quota. (One machine runs the"
            " local SageMaker server.)"
        )


def _check_names(what: str, names: list[str]) -> None:
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise validation(f"Processing {what} names must be unique; found twice: {', '.join(twice)}")


def _check_input(given: Doc) -> None:
    name = given["InputName"]
    refuse(given, REFUSED_OF_INPUT, f"input {name}", LEAVE_OUT)
    source = given.get("S3Input")
    _check_path(source, f"S3Input of input {name}")
    assert source
    if source.get("S3InputMode", "File") == "Pipe":
        raise refused(f"Pipe mode (input {name})", "Use File.")
    if source.get("S3CompressionType", "None") == "Gzip":
        raise validation(
            "S3CompressionType Gzip can only be used when Pipe mode is specified as the S3InputMode; input"
            f" {name} has File."
        )


def _check_path(given: Doc | None, what: str) -> None:
    if not given:
        raise validation(f"{what} is required.")
    path = given.get("LocalPath", "")
    if not f"{path}/".startswith(BELOW) or ".." in path.split("/"):
        raise validation(
            f"LocalPath of {what} must be an absolute path that begins with {BELOW}; found \"{path}\"."
        )
