"""What an endpoint is to serve: all that a config means, resolved when it is taken, so that deleting the
config or the
model later harms nothing that serves. Plain JSON."""

from __future__ import annotations

from typing import Any

from .context import Context
from .endpoint_configs import get_config
from .models import get_model
from .state import Doc


def plan_of(ctx: Context, config_name: str) -> Doc:
    """Raises ValidationException when the config, or a model that it names, is gone."""
    config = get_config(ctx, config_name)
    variants = [_variant(ctx, variant) for variant in config["ProductionVariants"]]
    return {"config": config_name, "variants": variants, "capture": config.get("DataCaptureConfig")}


def retain(plan: Doc, current: Doc, request: dict[str, Any]) -> Doc:
    """UpdateEndpoint's RetainAllVariantProperties: weights and counts of variants that go on come from the
    endpoint."""
    if not request.get("RetainAllVariantProperties"):
        return plan
    excluded = {each["VariantPropertyType"] for each in request.get("ExcludeRetainedVariantProperties", [])}
    had = {variant["name"]: variant for variant in current["variants"]}
    for variant in plan["variants"]:
        before = had.get(variant["name"])
        if before and "DesiredWeight" not in excluded:
            variant["weight"] = before["weight"]
        if before and "DesiredInstanceCount" not in excluded:
            variant["count"] = before["count"]
    if "DataCaptureConfig" not in excluded and current.get("capture"):
        plan["capture"] = current["capture"]
    return plan


def summaries(plan: Doc, desired: Doc | None = None) -> list[Doc]:
    """ProductionVariants as DescribeEndpoint gives them."""
    wished = {variant["name"]: variant for variant in (desired or plan)["variants"]}
    return [
        {
            "VariantName": variant["name"],
            "DeployedImages": [
                {
                    "SpecifiedImage": variant["container"]["Image"],
                    "ResolvedImage": variant["container"]["Image"],
                    "ResolutionTime": variant["resolved"],
                }
            ],
            "CurrentWeight": variant["weight"],
            "DesiredWeight": wished.get(variant["name"], variant)["weight"],
            "CurrentInstanceCount": variant["count"],
            "DesiredInstanceCount": wished.get(variant["name"], variant)["count"],
        }
        for variant in plan["variants"]
    ]


def capture_summary(plan: Doc) -> Doc | None:
    capture = plan.get("capture")
    if not capture:
        return None
    enabled = capture.get("EnableCapture", True)
    return {
        "EnableCapture": enabled,
        "CaptureStatus": "Started" if enabled else "Stopped",
        "CurrentSamplingPercentage": capture["InitialSamplingPercentage"],
        "DestinationS3Uri": capture["DestinationS3Uri"],
        "KmsKeyId": capture.get("KmsKeyId", ""),
    }


def _variant(ctx: Context, variant: Doc) -> Doc:
    model = get_model(ctx, variant["ModelName"])
    return {
        "name": variant["VariantName"],
        "container": model["_container"],
        "resolved": model["CreationTime"],
        "weight": variant["InitialVariantWeight"],
        "count": variant["InitialInstanceCount"],
        "startup_timeout": variant.get("ContainerStartupHealthCheckTimeoutInSeconds"),
    }
