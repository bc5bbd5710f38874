"""The operations on models, and what a model needs to be served."""

from __future__ import annotations

import time
from typing import Any

from . import images, tags
from .arns import arn
from .context import Context
from .errors import JobFailure, refused, validation
from .listing import page
from .refusals import refuse
from .state import Doc

KIND = "model"
# A model server is reached by the machine's loopback, which isolation would take from it.
REFUSED = ("VpcConfig", "EnableNetworkIsolation")
REFUSED_OF_CONTAINER = (
    "ImageConfig",
    "InferenceSpecificationName",
    "MultiModelConfig",
    "AdditionalModelDataSources",
    "ContainerMetricsConfig",
)
# What a model package says of its container in place of the model's own.
OF_PACKAGE = ("Image", "ModelDataUrl", "ModelDataSource")
REFUSED_OF_PACKAGED = ("AdditionalModelDataSources", "AdditionalS3DataSource")
REFUSED_OF_SOURCE = ("ModelAccessConfig", "HubAccessConfig", "ManifestS3Uri", "ManifestEtag", "ETag")


def create_model(ctx: Context, request: dict[str, Any]) -> dict[str, Any]:
    name = request["ModelName"]
    model_arn = arn(ctx.settings, "model", name)
    if ctx.state.get(KIND, name):
        raise validation(f'Cannot create already existing model "{model_arn}".')
    refuse(request, REFUSED, "a model")
    if request.get("InferenceExecutionConfig", {}).get("Mode") == "Direct":
        raise refused("InferenceExecutionConfig Direct of a model", "Use Serial.")
    container = _only_container(request)
    resolved = resolve_container(ctx, container)
    _check_artifact(ctx, resolved)
    tags.check_unique(request.get("Tags", []))
    model: Doc = {
        "EnableNetworkIsolation": False,
        **{key: value for key, value in request.items() if key != "Tags"},
        "ModelArn": model_arn,
        "CreationTime": time.time(),
        "_container": resolved,
    }
    for described in [model.get("PrimaryContainer"), *model.get("Containers", [])]:
        if described is not None:
            described.setdefault("Mode", "SingleModel")
    if not tags.insert(ctx, KIND, name, model, model_arn, request.get("Tags", [])):
        raise validation(f'Cannot create already existing model "{model_arn}".')
    return {"ModelArn": model_arn}


def describe_model(ctx: Context, request: dict[str, Any]) -> dict[str, Any]:
    return get_model(ctx, request["ModelName"])


def list_models(ctx: Context, request: dict[str, Any]) -> dict[str, Any]:
    models, token = page(ctx.state.all(KIND), request, "ModelName", since=True)
    return {"Models": models, "NextToken": token}


def delete_model(ctx: Context, request: dict[str, Any]) -> dict[str, Any]:
    model = get_model(ctx, request["ModelName"])
    tags.delete(ctx, KIND, model["ModelName"], model["ModelArn"])
    return {}


def get_model(ctx: Context, name: str) -> Doc:
    model = ctx.state.get(KIND, name)
    if not model:
        raise validation(f'Could not find model "{arn(ctx.settings, "model", name)}".')
    return model


def _only_container(request: dict[str, Any]) -> Doc:
    primary, several = request.get("PrimaryContainer"), request.get("Containers")
    if primary and several:
        raise validation("PrimaryContainer and Containers cannot both be given.")
    if several and len(several) > 1:
        raise refused("an inference pipeline of several containers", "Give one PrimaryContainer.")
    container = primary or (several[0] if several else None)
    if not container:
        raise validation("A model needs PrimaryContainer or Containers.")
    refuse(container, REFUSED_OF_CONTAINER, "a container")
    if container.get("Mode", "SingleModel") != "SingleModel":
        raise refused("a multi-model container", "Use SingleModel.")
    return container


def resolve_container(ctx: Context, container: Doc) -> Doc:
    """Image, artifact and environment, also when a model package stands for them."""
    package_name = container.get("ModelPackageName")
    if package_name:
        from .packages import get_package

        refuse(container, OF_PACKAGE, "a container with ModelPackageName", "The package says it.")
        package = get_package(ctx, package_name)
        inside = (package.get("InferenceSpecification") or {}).get("Containers")
        if not inside:
            raise validation(
                f'Model package "{package["ModelPackageArn"]}" has no InferenceSpecification to serve.'
            )
        status = package.get("ModelApprovalStatus", "Approved")
        if status == "Rejected":
            raise validation(
                f'Model package "{package["ModelPackageArn"]}" is Rejected and cannot be deployed.'
            )
        if len(inside) > 1:
            raise refused("a model package of several Containers", "Give its InferenceSpecification one.")
        refuse(inside[0], REFUSED_OF_PACKAGED, "the container of a model package")
        environment = {**inside[0].get("Environment", {}), **container.get("Environment", {})}
        container = {**inside[0], "Environment": environment}
    image = container.get("Image")
    if not image:
        raise validation("A container needs Image or ModelPackageName.")
    if images.command(ctx.settings, image, "serve") is None:
        raise validation(
            f"Requested image {image} not found. This machine has: {images.have(ctx.settings)}; add"
            " others with --image."
        )
    return {
        "Image": image,
        "ModelDataUrl": _artifact_of(container),
        "Environment": container.get("Environment", {}),
    }


def _artifact_of(container: Doc) -> str | None:
    source = (container.get("ModelDataSource") or {}).get("S3DataSource")
    archive = container.get("ModelDataUrl")
    if archive and archive.endswith("/"):
        raise validation(f"ModelDataUrl {archive} must name one archive; a folder is a ModelDataSource.")
    if archive and source:
        raise validation("ModelDataUrl and ModelDataSource cannot both be given.")
    if not source:
        return archive
    refuse(source, REFUSED_OF_SOURCE, "a ModelDataSource")
    if source["S3DataType"] == "S3Prefix" and source["CompressionType"] == "None":
        if not source["S3Uri"].endswith("/"):
            raise validation(f"S3Uri {source['S3Uri']} of S3DataType S3Prefix must end with a slash.")
    elif (source["S3DataType"], source["CompressionType"]) != ("S3Object", "Gzip"):
        raise refused(
            f"S3DataType {source['S3DataType']} with CompressionType {source['CompressionType']}",
            "Use S3Object with Gzip, or S3Prefix with None.",
        )
    return source["S3Uri"]


def _check_artifact(ctx: Context, container: Doc) -> None:
    uri = container["ModelDataUrl"]
    if uri is None:
        return
    try:
        found = any(True for _ in ctx.objects.at_once.below(uri)) if uri.endswith("/") else ctx.objects.at_once.exists(uri)
    except JobFailure as error:
        raise validation(str(error)) from error
    if not found:
        raise validation(f"Could not find model data at {uri}.")
