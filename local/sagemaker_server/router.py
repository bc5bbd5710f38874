"""The runtime's InvokeEndpoint: who answers a request, what is measured and captured of it."""

from __future__ import annotations

import time
from typing import Any

from botocore.model import Shape

from .capture import Capture
from .context import Context
from .errors import ServiceError
from .fleets import Fleet, Variant
from .model import service
from .model_server import NotServing, TimedOut
from .validation import check
from .wire import Answer

NAMESPACE = "AWS/SageMaker"
LARGEST_BODY = 6 * 1024 * 1024
REFUSED = (
    "TargetModel",
    "TargetContainerHostname",
    "EnableExplanations",
    "InferenceComponentName",
    "SessionId",
)
PICKS = 5


def invoke(ctx: Context, capture: Capture, endpoint: str, headers: dict[str, str], body: bytes) -> Answer:
    """`headers` in lower case. Raises ServiceError with the runtime's names."""
    began = time.perf_counter()
    request = _request(endpoint, headers)
    fleet, variant = _choose(ctx, endpoint, request.get("TargetVariant"))
    asked = {
        "Content-Type": request.get("ContentType", "application/octet-stream"),
        "Accept": request.get("Accept", "*/*"),
    }
    if "CustomAttributes" in request:
        asked["X-Amzn-SageMaker-Custom-Attributes"] = request["CustomAttributes"]
    try:
        sent = time.perf_counter()
        answer = variant.server.request("POST", "/invocations", body, asked, ctx.settings.invocation_timeout)
    except TimedOut:
        _measure(ctx, fleet, variant, 0, began, sent)
        raise _model_error(
            ctx, endpoint, 0,
            "Your invocation timed out while waiting for a response from container primary. Review the"
            " latency metrics"
            " for each container in Amazon CloudWatch, resolve the issue, and try again.",
        ) from None  # fmt: skip
    except NotServing:
        _measure(ctx, fleet, variant, 503, began, sent)
        raise ServiceError(
            "ServiceUnavailable",
            f"The container of variant {variant.name} is not running; it is started again.",
            503,
        ) from None
    finally:
        variant.leave()
    _measure(ctx, fleet, variant, answer.status, began, sent)
    if not 200 <= answer.status < 300:
        raise _model_error(ctx, endpoint, answer.status, answer.data.decode("utf-8", "replace"))
    content_type = answer.headers.get("Content-Type", "application/octet-stream")
    attributes = answer.headers.get("X-Amzn-SageMaker-Custom-Attributes")
    if fleet.plan.get("capture"):
        event = {
            "input": (body, asked["Content-Type"]),
            "output": (answer.data, content_type),
            "inference_id": request.get("InferenceId"),
            "custom_attributes": request.get("CustomAttributes"),
        }
        capture.keep(fleet.plan["capture"], endpoint, variant.name, event)
    given = {"content-type": content_type, "x-amzn-invoked-production-variant": variant.name}
    if attributes:
        given["x-amzn-sagemaker-custom-attributes"] = attributes
    return Answer(200, given, answer.data)


def _request(endpoint: str, headers: dict[str, str]) -> dict[str, Any]:
    """The members that travel as headers, checked against the runtime's model."""
    shape: Any = service("sagemaker-runtime").operation_model("InvokeEndpoint").input_shape
    request: dict[str, Any] = {"EndpointName": endpoint, "Body": ""}
    for name, member in shape.members.items():
        value = headers.get(str(member.serialization.get("name", "")).lower())
        if member.serialization.get("location") == "header" and value is not None:
            request[name] = value
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


def _choose(ctx: Context, endpoint: str, target: str | None) -> tuple[Fleet, Variant]:
    """A variant that counted the request in; a fleet that retires just then is asked for its successor."""
    for _ in range(PICKS):
        fleet = ctx.fleets.get(endpoint)
        if not fleet:
            raise _absent(ctx, endpoint)
        if target is not None and target not in fleet.variants:
            raise ServiceError(
                "ValidationError",
                f"Variant {target} was not found for endpoint {endpoint}; it has"
                f" {', '.join(sorted(fleet.variants))}.",
            )
        variant = fleet.variants[target] if target else fleet.pick()
        if variant.enter():
            return fleet, variant
    raise ServiceError("ServiceUnavailable", f"Endpoint {endpoint} is being changed; try again.", 503)


def _absent(ctx: Context, endpoint: str) -> ServiceError:
    known = ctx.state.get("endpoint", endpoint)
    # After a restart of the server the containers are on their way.
    if known and known.get("_plan") and known["EndpointStatus"] == "Updating":
        return ServiceError("ServiceUnavailable", f"Endpoint {endpoint} is coming back; try again.", 503)
    return ServiceError(
        "ValidationError", f"Endpoint {endpoint} of account {ctx.settings.account} not found."
    )


def _measure(ctx: Context, fleet: Fleet, variant: Variant, status: int, began: float, sent: float) -> None:
    now = time.perf_counter()
    dimensions = {"EndpointName": fleet.endpoint, "VariantName": variant.name}

    def add(name: str, unit: str, value: float) -> None:
        ctx.metrics.add(NAMESPACE, name, unit, dimensions, value)

    add("Invocations", "None", 1)
    add("Invocation4XXErrors", "None", 1 if 400 <= status < 500 else 0)
    add("Invocation5XXErrors", "None", 1 if status >= 500 or status == 0 else 0)
    add("ModelLatency", "Microseconds", round((now - sent) * 1e6))
    add("OverheadLatency", "Microseconds", round((sent - began) * 1e6))


def _model_error(ctx: Context, endpoint: str, status: int, said: str) -> ServiceError:
    side = "client" if 400 <= status < 500 else "server"
    region, account = ctx.settings.region, ctx.settings.account
    group = f"/aws/sagemaker/Endpoints/{endpoint}"
    where = f"https://{region}.console.aws.amazon.com/cloudwatch/home?region={region}#logEventViewer:group={group}"
    return ServiceError(
        "ModelError",
        f'Received {side} error ({status}) from primary with message "{said}". See {where} in account'
        f" {account} for more"
        " information.",
        424,
        ErrorCode="CLIENT_ERROR_FROM_MODEL" if side == "client" else "INTERNAL_FAILURE_FROM_MODEL",
        LogStreamArn=f"arn:aws:logs:{region}:{account}:log-group:{group}",
        OriginalMessage=said,
        OriginalStatusCode=status,
    )
