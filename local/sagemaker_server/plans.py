"""What an endpoint is to serve: all that a config means, resolved when it is taken, so that deleting the
config or the
model later harms nothing that serves. Plain JSON."""

from __future__ import annotations

import time
from typing import Any

from .context import Context
from .endpoint_configs import get_config
from .models import get_model
from .state import Doc


def plan_of(ctx: Context, config_name: str) -> Doc:
    """Raises ValidationException when the config, or a model that it names, is gone."""
    config = get_config(ctx, config_name)
    variants = [_variant(ctx, variant) for variant in config["ProductionVariants"]]
    return {
        "config": config_name,
        "variants": variants,
        "shadows": [_variant(ctx, variant) for variant in config.get("ShadowProductionVariants", [])],
        "capture": config.get("DataCaptureConfig"),
        "async": config.get("AsyncInferenceConfig"),
    }


def retain(plan: Doc, current: Doc, request: dict[str, Any]) -> Doc:
    """UpdateEndpoint's RetainAllVariantProperties: weights and counts of variants that go on come from the
    endpoint."""
    if not request.get("RetainAllVariantProperties"):
        return plan
    excluded = {each["VariantPropertyType"] for each in request.get("ExcludeRetainedVariantProperties", [])}
    had = {variant["name"]: variant for variant in everyone(current)}
    for variant in everyone(plan):
        before = had.get(variant["name"])
        if before and "DesiredWeight" not in excluded:
            variant["weight"] = before["weight"]
        if before and "DesiredInstanceCount" not in excluded:
            variant["count"] = before["count"]
    if "DataCaptureConfig" not in excluded and current.get("capture"):
        plan["capture"] = current["capture"]
    return plan


def everyone(plan: Doc) -> list[Doc]:
    """Production variants and shadows."""
    return [*plan["variants"], *plan.get("shadows", [])]


def shown(plan: Doc, desired: Doc | None = None) -> Doc:
    """The members of DescribeEndpoint that tell of the plan that serves, and of the one that is wanted."""
    desired = desired or plan
    shadows = _summaries(plan.get("shadows", []), desired.get("shadows", []))
    return {
        "ProductionVariants": _summaries(plan["variants"], desired["variants"]),
        "ShadowProductionVariants": shadows or None,
        "DataCaptureConfig": capture_summary(plan),
        "AsyncInferenceConfig": plan.get("async"),
    }


def pending(plan: Doc, status: str) -> Doc:
    """The variants of PendingDeploymentSummary, all in one VariantStatus."""
    now = time.time()

    def members(variants: list[Doc]) -> list[Doc]:
        return [
            {
                **summary,
                "InstanceType": variant.get("instance_type"),
                "CurrentInstanceCount": 0 if status == "Creating" else summary["CurrentInstanceCount"],
                "VariantStatus": [{"Status": status, "StartTime": now}],
            }
            for variant, summary in zip(variants, _summaries(variants, variants), strict=True)
        ]

    shadows = members(plan.get("shadows", []))
    return {
        "EndpointConfigName": plan["config"],
        "ProductionVariants": members(plan["variants"]),
        "ShadowProductionVariants": shadows or None,
    }


def _summaries(variants: list[Doc], desired: list[Doc]) -> list[Doc]:
    wished = {variant["name"]: variant for variant in desired}
    return [_summary(variant, wished.get(variant["name"], variant)) for variant in variants]


def _summary(variant: Doc, wish: Doc) -> Doc:
    """The current settings, and the wished ones. A serverless variant counts no instances."""
    image = variant["container"]["Image"]
    summary = {
        "VariantName": variant["name"],
        "DeployedImages": [
            {"SpecifiedImage": image, "ResolvedImage": image, "ResolutionTime": variant["resolved"]}
        ],
        "CurrentWeight": variant["weight"],
        "DesiredWeight": wish["weight"],
        "CurrentInstanceCount": variant["count"],
        "DesiredInstanceCount": wish["count"],
        "RoutingConfig": variant.get("routing"),
    }
    if variant.get("serverless"):
        summary["CurrentServerlessConfig"] = variant["serverless"]
        summary["DesiredServerlessConfig"] = wish.get("serverless")
    return summary


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
        "count": variant.get("InitialInstanceCount", 0),
        "instance_type": variant.get("InstanceType"),
        "serverless": variant.get("ServerlessConfig"),
        "routing": variant.get("RoutingConfig"),
        "download_timeout": variant.get("ModelDataDownloadTimeoutInSeconds"),
        "startup_timeout": variant.get("ContainerStartupHealthCheckTimeoutInSeconds"),
    }
