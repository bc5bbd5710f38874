"""The runtime's InvokeEndpoint: who answers a request."""

from __future__ import annotations

import time
from typing import Any

from botocore.model import Shape

from . import wire
from .capture import Capture
from .context import Context
from .errors import ServiceError
from .fleets import Busy, Fleet, Variant
from .invocation import ask, asked_of, keep
from .model import service
from .shadows import shadow
from .validation import check
from .wire import Answer

LARGEST_BODY = 6 * 1024 * 1024
REFUSED = ("EnableExplanations", "SessionId", "PrefixAwareId")
# Members for kinds of endpoints that are not here: why AWS refuses them on every other, and its code.
OTHER_ENDPOINTS = {
    "TargetModel": (
        "is not a multi-model endpoint and does not support target model header.",
        "TARGET_MODEL_HEADER_NOT_SUPPORTED",
    ),
    "TargetContainerHostname": (
        "is not a multi-container endpoint and does not support target container hostname header.",
        "TARGET_CONTAINER_HOSTNAME_HEADER_NOT_SUPPORTED",
    ),
    "InferenceComponentName": (
        "has no inference components and does not support inference component name header.",
        "INFERENCE_COMPONENT_NAME_HEADER_NOT_SUPPORTED",
    ),
}
PICKS = 5


def invoke(ctx: Context, capture: Capture, endpoint: str, headers: dict[str, str], body: bytes) -> Answer:
    """`headers` in lower case. Raises ServiceError with the runtime's names."""
    began = time.perf_counter()
    request = members_of("InvokeEndpoint", endpoint, headers)
    fleet, variant = choose(ctx, endpoint, request)
    asked = asked_of(request, body)
    try:
        reply = ask(ctx, endpoint, variant, asked, ctx.settings.invocation_timeout, began)
    finally:
        variant.leave()
        shadow(ctx, capture, fleet, asked)
    keep(capture, fleet, variant, asked, reply)
    given = {**wire.headers(reply.content_type), "x-amzn-invoked-production-variant": variant.name}
    if reply.attributes:
        given["x-amzn-sagemaker-custom-attributes"] = reply.attributes
    return Answer(200, given, reply.body)


def members_of(operation: str, endpoint: str, headers: dict[str, str]) -> dict[str, Any]:
    """The members that travel as headers, checked against the runtime's model."""
    shape: Any = service("sagemaker-runtime").operation_model(operation).input_shape
    request: dict[str, Any] = {"EndpointName": endpoint, "Body": ""}
    for name, member in shape.members.items():
        value = headers.get(str(member.serialization.get("name", "")).lower())
        if member.serialization.get("location") == "header" and value is not None:
            whole = member.type_name == "integer" and value.isdecimal()
            request[name] = int(value[:10]) if whole else value
    _check(shape, request)
    for name in REFUSED:
        if name in request:
            raise ServiceError("ValidationError", f"{name} is not supported by the local SageMaker server.")
    return request


def _check(shape: Shape, request: dict[str, Any]) -> None:
    try:
        check(shape, request)
    except ServiceError as error:
        raise ServiceError("ValidationError", error.message) from error


def choose(ctx: Context, endpoint: str, request: dict[str, Any]) -> tuple[Fleet, Variant]:
    """A variant that counted the request in; a fleet that retires just then is asked for its successor."""
    target = request.get("TargetVariant")
    for _ in range(PICKS):
        fleet = ctx.fleets.get(endpoint)
        if not fleet:
            ctx.fleets.wait_for(endpoint, ctx.settings.invocation_timeout)
            fleet = ctx.fleets.get(endpoint)
        if not fleet:
            raise absent(ctx, endpoint)
        if fleet.plan.get("async"):
            raise ServiceError(
                "ValidationError",
                f"Endpoint {endpoint} is an asynchronous endpoint; use InvokeEndpointAsync.",
            )
        _refuse_others(endpoint, request)
        if target is not None and target not in fleet.variants:
            raise ServiceError(
                "ValidationError",
                f"Variant {target} was not found for endpoint {endpoint}; it has"
                f" {', '.join(sorted(fleet.variants))}.",
            )
        variant = fleet.variants[target] if target else fleet.pick()
        try:
            if variant.enter():
                return fleet, variant
        except Busy:
            raise ServiceError("ThrottlingException", "Rate exceeded") from None
    raise ServiceError("ServiceUnavailable", f"Endpoint {endpoint} is being changed; try again.", 503)


def _refuse_others(endpoint: str, request: dict[str, Any]) -> None:
    for name, (why, code) in OTHER_ENDPOINTS.items():
        if name in request:
            raise ServiceError("ValidationError", f"Endpoint {endpoint} {why}", ErrorCode=code)


def absent(ctx: Context, endpoint: str) -> ServiceError:
    known = ctx.state.get("endpoint", endpoint)
    # After a restart of the server the containers are on their way.
    if known and known.get("_plan") and known["EndpointStatus"] not in ("Deleting", "Failed"):
        return ServiceError("ServiceUnavailable", f"Endpoint {endpoint} is coming back; try again.", 503)
    return ServiceError(
        "ValidationError", f"Endpoint {endpoint} of account {ctx.settings.account} not found."
    )
