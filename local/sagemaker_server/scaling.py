"""Application Auto Scaling for endpoint variants: targets and policies are checked and kept, and nothing
scales by itself."""

from __future__ import annotations

import time
import uuid
from typing import Any

from .context import Context, Operation
from .endpoints import update_endpoint_weights_and_capacities
from .errors import ServiceError, validation
from .refusals import refuse
from .scaling_policies import delete_policies, delete_policy, describe_policies, put_policy
from .scaling_targets import DIMENSIONS, TARGET, Where, find_target, paged, where
from .state import Doc


REFUSED = ("Tags",)


def register_scalable_target(ctx: Context, request: dict[str, Any]) -> dict[str, Any]:
    """Brings the variant's count into the range, as the service does."""
    place = where(request)
    refuse(request, REFUSED, "a scalable target")
    variant = _variant(ctx, place)
    had = ctx.state.get(TARGET, place.key)
    least, most = (request.get(name, (had or {}).get(name)) for name in ("MinCapacity", "MaxCapacity"))
    if least is None or most is None:
        raise validation("MinCapacity and MaxCapacity are required when registering a new scalable target.")
    if least < 0:
        raise validation("Minimum capacity cannot be less than 0.")
    if most < least:
        raise validation("Maximum capacity cannot be less than minimum capacity.")
    target = had or _new(ctx, place)
    target["RoleARN"] = request.get("RoleARN", target["RoleARN"])
    suspended = dict.fromkeys(
        ("DynamicScalingInSuspended", "DynamicScalingOutSuspended", "ScheduledScalingSuspended"), False
    )
    target["SuspendedState"] = {**suspended, **target["SuspendedState"], **request.get("SuspendedState", {})}
    target.update(MinCapacity=least, MaxCapacity=most)
    ctx.state.put(TARGET, place.key, target)
    _bring_into_range(ctx, place, variant, least, most)
    return {"ScalableTargetARN": target["ScalableTargetARN"]}


def describe_scalable_targets(ctx: Context, request: dict[str, Any]) -> dict[str, Any]:
    ids = request.get("ResourceIds")
    found = [each for each in ctx.state.all(TARGET) if not ids or each["ResourceId"] in ids]
    shown, token = paged(found, request, "ScalableTargetARN", 50)
    return {"ScalableTargets": shown, "NextToken": token}


def deregister_scalable_target(ctx: Context, request: dict[str, Any]) -> dict[str, Any]:
    place = where(request)
    find_target(ctx, place)
    delete_policies(ctx, place)
    ctx.state.delete(TARGET, place.key)
    return {}


def _new(ctx: Context, place: Where) -> Doc:
    region, account = ctx.settings.region, ctx.settings.account
    path = "aws-service-role/sagemaker.application-autoscaling.amazonaws.com"
    linked = f"{path}/AWSServiceRoleForApplicationAutoScaling_SageMakerEndpoint"
    start = f"arn:aws:application-autoscaling:{region}:{account}:scalable-target"
    return {
        "ServiceNamespace": "sagemaker",
        "ResourceId": place.resource,
        "ScalableDimension": place.dimension,
        "RoleARN": f"arn:aws:iam::{account}:role/{linked}",
        "CreationTime": time.time(),
        "ScalableTargetARN": f"{start}/{uuid.uuid4().hex[:28]}",
        "SuspendedState": {},
        "_key": place.key,
    }


def _variant(ctx: Context, place: Where) -> Doc:
    endpoint = ctx.state.get("endpoint", place.endpoint)
    plan = (endpoint or {}).get("_plan") or (endpoint or {}).get("_pending")
    found = [each for each in (plan or {"variants": []})["variants"] if each["name"] == place.variant]
    if not found:
        raise validation(
            f"SageMaker resource does not exist: {place.resource}. Write"
            " endpoint/<endpoint>/variant/<variant>, both of them there."
        )
    serverless = bool(found[0].get("serverless"))
    if serverless != (place.dimension == DIMENSIONS[1]):
        fit = DIMENSIONS[1 if serverless else 0]
        raise validation(f"{place.resource} can be scaled by {fit} only.")
    return found[0]


def _bring_into_range(ctx: Context, place: Where, variant: Doc, least: int, most: int) -> None:
    wanted = max(1, min(max(variant["count"], least), most))
    if place.dimension != DIMENSIONS[0] or wanted == variant["count"]:
        return
    wish = {"VariantName": place.variant, "DesiredInstanceCount": wanted}
    try:
        request = {"EndpointName": place.endpoint, "DesiredWeightsAndCapacities": [wish]}
        update_endpoint_weights_and_capacities(ctx, request)
    except ServiceError:
        pass  # an endpoint that is not in service keeps its count, as there


SCALING: dict[str, Operation] = {
    "RegisterScalableTarget": register_scalable_target,
    "DescribeScalableTargets": describe_scalable_targets,
    "DeregisterScalableTarget": deregister_scalable_target,
    "PutScalingPolicy": put_policy,
    "DescribeScalingPolicies": describe_policies,
    "DeleteScalingPolicy": delete_policy,
}
