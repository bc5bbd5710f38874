"""The operations on endpoints."""

from __future__ import annotations

import copy
import time
from typing import Any

from . import tags
from .alarms import check_deployment
from .arns import arn
from .context import Context
from .deployment import KIND, deploy, in_background, remove, reweigh
from .errors import validation
from .listing import page
from .plans import capture_summary, plan_of, retain, summaries
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
        "_pending": plan,
    }
    if request.get("DeploymentConfig"):
        endpoint["_deployment"] = request["DeploymentConfig"]
    if not ctx.state.insert(KIND, name, endpoint):
        raise taken
    tags.put(ctx, endpoint_arn, request.get("Tags", []))
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

    def change(doc: Doc) -> None:
        _changeable(ctx, doc)
        pending = retain(plan, doc["_plan"], request)
        deployment = request.get("DeploymentConfig")
        if request.get("RetainDeploymentConfig") and not deployment:
            deployment = doc.get("LastDeploymentConfig")
        doc.update(EndpointStatus="Updating", _pending=pending)
        if deployment:
            doc["_deployment"] = deployment
        doc["PendingDeploymentSummary"] = {
            "EndpointConfigName": pending["config"],
            "ProductionVariants": [_pending_summary(each) for each in summaries(pending)],
            "StartTime": time.time(),
        }
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
        known = {variant["name"] for variant in plan["variants"]}
        unknown = sorted(set(wishes) - known)
        if unknown:
            raise validation(
                f'The variant name(s) "{", ".join(unknown)}" is/are not present within endpoint configuration'
                f' "{arn(ctx.settings, "endpoint-config", plan["config"])}".'
            )
        for variant in plan["variants"]:
            wish = wishes.get(variant["name"], {})
            variant["weight"] = wish.get("DesiredWeight", variant["weight"])
            variant["count"] = wish.get("DesiredInstanceCount", variant["count"])
        if not any(variant["weight"] > 0 for variant in plan["variants"]):
            raise validation("At least one production variant must have a weight above 0.")
        doc.update(EndpointStatus="Updating", _pending=plan, ProductionVariants=summaries(doc["_plan"], plan))

    endpoint = _must(ctx, name, ctx.state.update(KIND, name, change))
    in_background(f"reweigh-{name}", lambda: reweigh(ctx, name))
    return {"EndpointArn": endpoint["EndpointArn"]}


def delete_endpoint(ctx: Context, request: dict[str, Any]) -> dict[str, Any]:
    name = request["EndpointName"]

    def change(doc: Doc) -> None:
        if doc["EndpointStatus"] not in ("InService", "Failed"):
            raise _in_progress(doc)
        doc["EndpointStatus"] = "Deleting"

    endpoint = _must(ctx, name, ctx.state.update(KIND, name, change))
    tags.drop(ctx, endpoint["EndpointArn"])
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


def _pending_summary(summary: Doc) -> Doc:
    return {**summary, "CurrentInstanceCount": 0, "VariantStatus": [{"Status": "Creating"}]}
