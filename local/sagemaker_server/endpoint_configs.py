"""The operations on endpoint configs."""

from __future__ import annotations

import time
from typing import Any

from . import tags
from .arns import arn
from .context import Context
from .errors import refused, validation
from .listing import page
from .models import get_model
from .state import Doc

KIND = "endpoint-config"
REFUSED = ("AsyncInferenceConfig", "ExplainerConfig", "ShadowProductionVariants", "VpcConfig")
REFUSED_OF_VARIANT = (
    "ServerlessConfig",
    "RoutingConfig",
    "ManagedInstanceScaling",
    "CoreDumpConfig",
    "AcceleratorType",
    "CapacityReservationConfig",
)


def create_endpoint_config(ctx: Context, request: dict[str, Any]) -> dict[str, Any]:
    name = request["EndpointConfigName"]
    config_arn = arn(ctx.settings, "endpoint-config", name)
    taken = validation(f'Cannot create already existing endpoint configuration "{config_arn}".')
    if ctx.state.get(KIND, name):
        raise taken
    _check(ctx, request)
    config: Doc = {
        "EnableNetworkIsolation": False,
        **{key: value for key, value in request.items() if key != "Tags"},
        "EndpointConfigArn": config_arn,
        "CreationTime": time.time(),
    }
    for variant in config["ProductionVariants"]:
        variant.setdefault("InitialVariantWeight", 1.0)
        variant.setdefault("InitialInstanceCount", 1)
    if not ctx.state.insert(KIND, name, config):
        raise taken
    tags.put(ctx, config_arn, request.get("Tags", []))
    return {"EndpointConfigArn": config_arn}


def describe_endpoint_config(ctx: Context, request: dict[str, Any]) -> dict[str, Any]:
    return get_config(ctx, request["EndpointConfigName"])


def list_endpoint_configs(ctx: Context, request: dict[str, Any]) -> dict[str, Any]:
    configs, token = page(ctx.state.all(KIND), request, "EndpointConfigName", since=True)
    return {"EndpointConfigs": configs, "NextToken": token}


def delete_endpoint_config(ctx: Context, request: dict[str, Any]) -> dict[str, Any]:
    config = get_config(ctx, request["EndpointConfigName"])
    ctx.state.delete(KIND, config["EndpointConfigName"])
    tags.drop(ctx, config["EndpointConfigArn"])
    return {}


def get_config(ctx: Context, name: str) -> Doc:
    config = ctx.state.get(KIND, name)
    if not config:
        raise validation(
            f'Could not find endpoint configuration "{arn(ctx.settings, "endpoint-config", name)}".'
        )
    return config


def _check(ctx: Context, request: dict[str, Any]) -> None:
    tags.check_unique(request.get("Tags", []))
    for member in REFUSED:
        if request.get(member):
            raise refused(f"{member} of an endpoint config")
    names = [variant["VariantName"] for variant in request["ProductionVariants"]]
    if len(set(names)) != len(names):
        raise validation("Production variant names must be unique within an endpoint configuration.")
    if all(variant.get("InitialVariantWeight") == 0 for variant in request["ProductionVariants"]):
        raise validation("At least one production variant must have InitialVariantWeight above 0.")
    for variant in request["ProductionVariants"]:
        for member in REFUSED_OF_VARIANT:
            if variant.get(member):
                raise refused(f"{member} of a production variant", "Give ModelName and InstanceType.")
        if not variant.get("ModelName"):
            raise refused("a production variant without ModelName")
        if not variant.get("InstanceType"):
            raise validation(f"Production variant {variant['VariantName']} needs InstanceType.")
        if variant.get("InitialInstanceCount") == 0:
            raise validation(
                f"Production variant {variant['VariantName']} needs InitialInstanceCount of 1 or more."
            )
        get_model(ctx, variant["ModelName"])
