"""What an endpoint config may say: what AWS refuses is refused in its words, what is not here by name."""

from __future__ import annotations

from typing import Any

from . import tags
from .context import Context
from .errors import JobFailure, refused, validation
from .models import get_model
from .objects import split_uri
from .refusals import refuse
from .state import Doc

REFUSED = ("ExplainerConfig", "VpcConfig", "MetricsConfig", "EnableNetworkIsolation", "KmsKeyId")
REFUSED_OF_VARIANT = (
    "ManagedInstanceScaling",
    "CoreDumpConfig",
    "AcceleratorType",
    "CapacityReservationConfig",
    "InstancePools",
    "EnableSSMAccess",
)
REFUSED_OF_SHADOW = ("ServerlessConfig",)
REFUSED_OF_ROUTING = ("PrefixAwareRoutingConfig",)
OF_INSTANCES = ("InstanceType", "InitialInstanceCount", "VolumeSizeInGB", "RoutingConfig")
MEMORY_SIZES = (1024, 2048, 3072, 4096, 5120, 6144)


def check_config(ctx: Context, request: dict[str, Any]) -> None:
    """Raises ValidationException for what cannot be served."""
    tags.check_unique(request.get("Tags", []))
    refuse(request, REFUSED, "an endpoint config")
    variants, shadows = request["ProductionVariants"], request.get("ShadowProductionVariants", [])
    names = [variant["VariantName"] for variant in [*variants, *shadows]]
    if len(set(names)) != len(names):
        raise validation("Production variant names must be unique within an endpoint configuration.")
    if all(variant.get("InitialVariantWeight") == 0 for variant in variants):
        raise validation("At least one production variant must have InitialVariantWeight above 0.")
    for variant in shadows:
        refuse(variant, REFUSED_OF_SHADOW, "a shadow variant", "Give InstanceType.")
    for variant in [*variants, *shadows]:
        _check_variant(ctx, variant)
    if any(variant.get("ServerlessConfig") for variant in [*variants, *shadows]):
        _check_serverless(request, variants)
    if shadows:
        _check_shadows(request, variants, shadows)
    if request.get("AsyncInferenceConfig"):
        _check_async(request)


def _check_variant(ctx: Context, variant: Doc) -> None:
    name = variant["VariantName"]
    routing = variant.get("RoutingConfig", {})
    refuse(variant, REFUSED_OF_VARIANT, "a production variant", "Give ModelName and InstanceType.")
    refuse(routing, REFUSED_OF_ROUTING, "RoutingConfig")
    if routing.get("RoutingStrategy") == "PREFIX_AWARE":
        raise refused("RoutingStrategy PREFIX_AWARE", "Use LEAST_OUTSTANDING_REQUESTS or RANDOM.")
    if not variant.get("ModelName"):
        raise refused("a production variant without ModelName")
    serverless = variant.get("ServerlessConfig")
    if serverless:
        _check_serverless_variant(variant, serverless)
    elif not variant.get("InstanceType"):
        raise validation(f"Production variant {name} needs InstanceType.")
    if variant.get("InitialInstanceCount") == 0:
        raise validation(f"Production variant {name} needs InitialInstanceCount of 1 or more.")
    get_model(ctx, variant["ModelName"])


def _check_serverless_variant(variant: Doc, serverless: Doc) -> None:
    both = [member for member in OF_INSTANCES if variant.get(member)]
    if both:
        raise validation(
            f"ServerlessConfig cannot be specified together with {', '.join(both)} in production variant"
            f" {variant['VariantName']}."
        )
    if serverless["MemorySizeInMB"] not in MEMORY_SIZES:
        sizes = ", ".join(str(size) for size in MEMORY_SIZES)
        raise validation(f"MemorySizeInMB must be one of [{sizes}]; found {serverless['MemorySizeInMB']}.")
    check_concurrency(serverless)


def check_concurrency(serverless: Doc) -> None:
    if serverless.get("ProvisionedConcurrency", 0) > serverless["MaxConcurrency"]:
        raise validation(
            f"ProvisionedConcurrency ({serverless['ProvisionedConcurrency']}) must be less than or equal to"
            f" MaxConcurrency ({serverless['MaxConcurrency']})."
        )


def _check_serverless(request: dict[str, Any], variants: list[Doc]) -> None:
    if len(variants) > 1:
        raise validation("Serverless inference supports one production variant per endpoint configuration.")
    for member in ("DataCaptureConfig", "AsyncInferenceConfig", "ShadowProductionVariants"):
        if request.get(member):
            raise validation(f"{member} is not supported for serverless inference.")


def _check_shadows(request: dict[str, Any], variants: list[Doc], shadows: list[Doc]) -> None:
    if len(variants) != 1 or len(shadows) != 1:
        raise validation(
            "ShadowProductionVariants need exactly one variant in ProductionVariants and one in"
            " ShadowProductionVariants."
        )
    if request.get("AsyncInferenceConfig"):
        raise validation("ShadowProductionVariants are not supported for asynchronous inference.")


def _check_async(request: dict[str, Any]) -> None:
    output = request["AsyncInferenceConfig"]["OutputConfig"]
    if not output.get("S3OutputPath"):
        raise refused("AsyncInferenceConfig without S3OutputPath", "Say where the outputs go.")
    for uri in (output["S3OutputPath"], output.get("S3FailurePath")):
        if uri:
            _check_location(uri)
    if output.get("NotificationConfig", {}).get("IncludeInferenceResponseIn"):
        raise refused("IncludeInferenceResponseIn", "The notification names the object with the response.")
    if request.get("DataCaptureConfig"):
        raise refused("DataCaptureConfig with AsyncInferenceConfig", "Inputs and outputs are in S3 anyway.")


def _check_location(uri: str) -> None:
    """Raises ValidationException for what is no place in S3."""
    try:
        split_uri(uri)
    except JobFailure as failure:
        raise validation(str(failure)) from failure
