"""The operations on endpoint configs."""

from __future__ import annotations

import time
from typing import Any

from . import tags
from .arns import arn
from .context import Context
from .endpoint_config_check import check_config
from .errors import validation
from .listing import page
from .state import Doc

KIND = "endpoint-config"


def create_endpoint_config(ctx: Context, request: dict[str, Any]) -> dict[str, Any]:
    name = request["EndpointConfigName"]
    config_arn = arn(ctx.settings, "endpoint-config", name)
    taken = validation(f'Cannot create already existing endpoint configuration "{config_arn}".')
    if ctx.state.get(KIND, name):
        raise taken
    check_config(ctx, request)
    config: Doc = {
        "EnableNetworkIsolation": False,
        **{key: value for key, value in request.items() if key != "Tags"},
        "EndpointConfigArn": config_arn,
        "CreationTime": time.time(),
    }
    for variant in [*config["ProductionVariants"], *config.get("ShadowProductionVariants", [])]:
        variant.setdefault("InitialVariantWeight", 1.0)
        if not variant.get("ServerlessConfig"):
            variant.setdefault("InitialInstanceCount", 1)
    if not tags.insert(ctx, KIND, name, config, config_arn, request.get("Tags", [])):
        raise taken
    return {"EndpointConfigArn": config_arn}


def describe_endpoint_config(ctx: Context, request: dict[str, Any]) -> dict[str, Any]:
    return get_config(ctx, request["EndpointConfigName"])


def list_endpoint_configs(ctx: Context, request: dict[str, Any]) -> dict[str, Any]:
    configs, token = page(ctx.state.all(KIND), request, "EndpointConfigName", since=True)
    return {"EndpointConfigs": configs, "NextToken": token}


def delete_endpoint_config(ctx: Context, request: dict[str, Any]) -> dict[str, Any]:
    config = get_config(ctx, request["EndpointConfigName"])
    tags.delete(ctx, KIND, config["EndpointConfigName"], config["EndpointConfigArn"])
    return {}


def get_config(ctx: Context, name: str) -> Doc:
    config = ctx.state.get(KIND, name)
    if not config:
        raise validation(
            f'Could not find endpoint configuration "{arn(ctx.settings, "endpoint-config", name)}".'
        )
    return config
