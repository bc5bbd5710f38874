"""The operations on endpoints."""

from __future__ import annotations

import copy
import time
from typing import Any

from . import tags
from .alarms import check_deployment, check_sizes
from .arns import arn
from .context import Context
from .deployment import KIND, deploy, in_background, remove, reweigh
from .endpoint_config_check import check_concurrency
from .errors import validation
from .listing import page
from .plans import capture_summary, everyone, pending, plan_of, retain, shown
from .scaling_targets import forget, registered
from .state import Doc


def create_endpoint(ctx: Context, request: dict[str, Any]) -> dict[str, Any]:
    name = request["EndpointName"]
    endpoint_arn = arn(ctx.settings, "endpoint", name)
    taken = validation(f'Cannot create already existing endpoint "{endpoint_arn}".')
    if ctx.state.get(KIND, name):
        raise taken
    tags.check_unique(request.get("Tags", []))
    check_deployment(request.get("DeploymentConfig"))
    plan = plan_of(ctx, request["EndpointConfigName"])
    now = time.time()
    endpoint: Doc = {
        "EndpointName": name,
        "EndpointArn": endpoint_arn,
        "EndpointConfigName": request["EndpointConfigName"],
        "EndpointStatus": "Creating",
        "CreationTime": now,
        "LastModifiedTime": now,
        "DataCaptureConfig": capture_summary(plan),
        "AsyncInferenceConfig": plan["async"],
        "_pending": plan,
    }
    if request.get("DeploymentConfig"):
        endpoint["_deployment"] = request["DeploymentConfig"]
    if not tags.insert(ctx, KIND, name, endpoint, endpoint_arn, request.get("Tags", [])):
        raise taken
    in_background(f"create-{name}", lambda: deploy(ctx, name))
    return {"EndpointArn": endpoint_arn}


def describe_endpoint(ctx: Context, request: dict[str, Any]) -> dict[str, Any]:
    return _get(ctx, request["EndpointName"])


def list_endpoints(ctx: Context, request: dict[str, Any]) -> dict[str, Any]:
    endpoints, token = page(ctx.state.all(KIND), request, "EndpointName", "EndpointStatus", since=True)
    return {"Endpoints": endpoints, "NextToken": token}


def update_endpoint(ctx: Context, request: dict[str, Any]) -> dict[str, Any]:
    name = request["EndpointName"]
    check_deployment(request.get("DeploymentConfig"))
    _changeable(ctx, _get(ctx, name))
    plan = plan_of(ctx, request["EndpointConfigName"])
    scaled = registered(ctx, name)

    def change(doc: Doc) -> None:
        _changeable(ctx, doc)
        _check_conversion(doc["_plan"], plan)
        _check_scaled(doc["_plan"], plan, scaled)
        wanted = retain(plan, doc["_plan"], request)
        deployment = request.get("DeploymentConfig")
        if request.get("RetainDeploymentConfig") and not deployment:
            deployment = doc.get("LastDeploymentConfig")
        check_sizes(deployment, wanted)
        doc.update(EndpointStatus="Updating", _pending=wanted)
        if deployment:
            doc["_deployment"] = deployment
        doc["PendingDeploymentSummary"] = {**pending(wanted, "Creating"), "StartTime": time.time()}
        doc.pop("FailureReason", None)

    endpoint = _must(ctx, name, ctx.state.update(KIND, name, change))
    in_background(f"update-{name}", lambda: deploy(ctx, name))
    return {"EndpointArn": endpoint["EndpointArn"]}


def update_endpoint_weights_and_capacities(ctx: Context, request: dict[str, Any]) -> dict[str, Any]:
    name = request["EndpointName"]
    wishes = {wish["VariantName"]: wish for wish in request["DesiredWeightsAndCapacities"]}

    def change(doc: Doc) -> None:
        _changeable(ctx, doc)
        plan = copy.deepcopy(doc["_plan"])
        known = {variant["name"] for variant in everyone(plan)}
        unknown = sorted(set(wishes) - known)
        if unknown:
            raise validation(
                f'The variant name(s) "{", ".join(unknown)}" is/are not present within endpoint configuration'
                f' "{arn(ctx.settings, "endpoint-config", plan["config"])}".'
            )
        for variant in everyone(plan):
            _wish(variant, wishes.get(variant["name"], {}))
        if not any(variant["weight"] > 0 for variant in plan["variants"]):
            raise validation("At least one production variant must have a weight above 0.")
        doc.update(EndpointStatus="Updating", _pending=plan, _weights=True, **shown(doc["_plan"], plan))

    endpoint = _must(ctx, name, ctx.state.update(KIND, name, change))
    in_background(f"reweigh-{name}", lambda: reweigh(ctx, name))
    return {"EndpointArn": endpoint["EndpointArn"]}


def delete_endpoint(ctx: Context, request: dict[str, Any]) -> dict[str, Any]:
    name = request["EndpointName"]

    def change(doc: Doc) -> None:
        if doc["EndpointStatus"] not in ("InService", "Failed"):
            raise _in_progress(doc)
        doc["EndpointStatus"] = "Deleting"

    with ctx.state.locked():
        endpoint = _must(ctx, name, ctx.state.update(KIND, name, change))
        tags.drop(ctx, endpoint["EndpointArn"])
        forget(ctx, name)
    in_background(f"delete-{name}", lambda: remove(ctx, name))
    return {}


def _get(ctx: Context, name: str) -> Doc:
    return _must(ctx, name, ctx.state.get(KIND, name))


def _must(ctx: Context, name: str, endpoint: Doc | None) -> Doc:
    if not endpoint:
        raise validation(f'Could not find endpoint "{arn(ctx.settings, "endpoint", name)}".')
    return endpoint


def _changeable(ctx: Context, endpoint: Doc) -> None:
    if endpoint["EndpointStatus"] == "Failed":
        raise validation(
            f'Cannot update endpoint "{endpoint["EndpointArn"]}" in Failed status. Delete it and create'
            " it anew."
        )
    if endpoint["EndpointStatus"] != "InService":
        raise _in_progress(endpoint)


def _in_progress(endpoint: Doc) -> Exception:
    return validation(f'Cannot update in-progress endpoint "{endpoint["EndpointArn"]}".')


def _check_conversion(current: Doc, plan: Doc) -> None:
    """A serverless endpoint can become one of instances, which has no way back."""
    serverless = any(variant.get("serverless") for variant in plan["variants"])
    if serverless and not any(variant.get("serverless") for variant in current["variants"]):
        raise validation("An instance-based endpoint cannot be updated to a serverless endpoint.")


def _check_scaled(current: Doc, plan: Doc, scaled: set[str]) -> None:
    types = {variant["name"]: variant.get("instance_type") for variant in plan["variants"]}
    changed = [
        each["name"] for each in current["variants"] if types.get(each["name"]) != each.get("instance_type")
    ]
    blocked = sorted(scaled & set(changed))
    if blocked:
        raise validation(
            f'The variant(s) "{", ".join(blocked)}" must be deregistered as scalable target with AWS Auto'
            " Scaling before they can be removed or have their instance type updated."
        )


def _wish(variant: Doc, wish: Doc) -> None:
    """Changes the variant to what UpdateEndpointWeightsAndCapacities asks of it."""
    name, update = variant["name"], wish.get("ServerlessUpdateConfig")
    if variant.get("serverless") and ("DesiredInstanceCount" in wish or "DesiredWeight" in wish):
        raise validation(
            f"Variant {name} is serverless: it has no DesiredWeight and no DesiredInstanceCount."
        )
    if update and not variant.get("serverless"):
        raise validation(f"ServerlessUpdateConfig is for serverless variants only; {name} has instances.")
    if wish.get("DesiredInstanceCount") == 0:
        raise validation(f"DesiredInstanceCount of variant {name} must be 1 or more.")
    variant["weight"] = wish.get("DesiredWeight", variant["weight"])
    variant["count"] = wish.get("DesiredInstanceCount", variant["count"])
    if update:
        variant["serverless"] = {**variant["serverless"], **update}
        check_concurrency(variant["serverless"])
