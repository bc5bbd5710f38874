"""Scaling policies, kept with their target. No alarm is made for them, and none of them acts."""

from __future__ import annotations

import time
import uuid
from typing import Any

from .context import Context
from .errors import refused, validation
from .refusals import refuse
from .scaling_targets import POLICY, Where, absent, find_target, paged, where
from .state import Doc

CONFIGURATIONS = {
    "StepScaling": "StepScalingPolicyConfiguration",
    "TargetTrackingScaling": "TargetTrackingScalingPolicyConfiguration",
}
REFUSED = ("PredictiveScalingPolicyConfiguration",)
METRICS = (
    "SageMakerVariantInvocationsPerInstance",
    "SageMakerVariantProvisionedConcurrencyUtilization",
    "SageMakerVariantConcurrentRequestsPerModelHighResolution",
)


def put_policy(ctx: Context, request: dict[str, Any]) -> dict[str, Any]:
    """Creates it, or replaces what it says."""
    place = where(request)
    find_target(ctx, place)
    key = _key(place, request["PolicyName"])
    had = ctx.state.get(POLICY, key)
    refuse(request, REFUSED, "a scaling policy", "Use TargetTrackingScaling or StepScaling.")
    kind = request.get("PolicyType") or (had or {}).get("PolicyType") or "StepScaling"
    if kind not in CONFIGURATIONS:
        raise refused(f"PolicyType {kind}", "Use TargetTrackingScaling or StepScaling.")
    if had and had["PolicyType"] != kind:
        raise validation(
            f"The type of policy {request['PolicyName']} is {had['PolicyType']} and cannot change."
        )
    member = CONFIGURATIONS[kind]
    given = [name for name in CONFIGURATIONS.values() if request.get(name)]
    if given != [member]:
        raise validation(f"A policy of type {kind} needs {member}, and only that.")
    _check(member, request[member])
    region, account = ctx.settings.region, ctx.settings.account
    policy: Doc = {
        "PolicyARN": (had or {}).get("PolicyARN")
        or f"arn:aws:autoscaling:{region}:{account}:scalingPolicy:{uuid.uuid4()}:resource/sagemaker/"
        f"{place.resource}:policyName/{request['PolicyName']}",
        "PolicyName": request["PolicyName"],
        "ServiceNamespace": "sagemaker",
        "ResourceId": place.resource,
        "ScalableDimension": place.dimension,
        "PolicyType": kind,
        member: request[member],
        "Alarms": [],
        "CreationTime": (had or {}).get("CreationTime", time.time()),
        "_key": key,
    }
    ctx.state.put(POLICY, key, policy)
    return {"PolicyARN": policy["PolicyARN"], "Alarms": []}


def describe_policies(ctx: Context, request: dict[str, Any]) -> dict[str, Any]:
    names, resource = request.get("PolicyNames"), request.get("ResourceId")
    found = [
        each
        for each in ctx.state.all(POLICY)
        if (not names or each["PolicyName"] in names) and (not resource or each["ResourceId"] == resource)
    ]
    shown, token = paged(found, request, "PolicyARN", 10)
    return {"ScalingPolicies": shown, "NextToken": token}


def delete_policy(ctx: Context, request: dict[str, Any]) -> dict[str, Any]:
    place, name = where(request), request["PolicyName"]
    if not ctx.state.delete(POLICY, _key(place, name)):
        raise absent("scaling policy found", place, f", policy name: {name}")
    return {}


def delete_policies(ctx: Context, place: Where) -> None:
    for each in ctx.state.all(POLICY):
        if (each["ResourceId"], each["ScalableDimension"]) == (place.resource, place.dimension):
            ctx.state.delete(POLICY, each["_key"])


def _check(member: str, configuration: Doc) -> None:
    if member == CONFIGURATIONS["StepScaling"]:
        if not configuration.get("StepAdjustments") or not configuration.get("AdjustmentType"):
            raise validation(
                "A step scaling policy needs AdjustmentType and at least one of StepAdjustments."
            )
        return
    predefined = configuration.get("PredefinedMetricSpecification")
    if bool(predefined) == bool(configuration.get("CustomizedMetricSpecification")):
        raise validation(
            "Specify either PredefinedMetricSpecification or CustomizedMetricSpecification, and not both."
        )
    if predefined and predefined["PredefinedMetricType"] not in METRICS:
        raise validation(
            f"PredefinedMetricType {predefined['PredefinedMetricType']} is not of SageMaker variants: use one"
            f" of {', '.join(METRICS)}."
        )
    if not configuration["TargetValue"] > 0:
        raise validation("TargetValue must be above 0.")


def _key(place: Where, name: str) -> str:
    return f"{place.key} {name}"
