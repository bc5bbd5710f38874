"""One request to the container of a variant: what is asked, measured, and captured of it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from .capture import Capture
from .context import Context
from .errors import ServiceError
from .fleets import Fleet, Variant
from .model_server import NotServing, TimedOut

NAMESPACE = "AWS/SageMaker"
ATTRIBUTES = "X-Amzn-SageMaker-Custom-Attributes"
TIMED_OUT = (
    "Your invocation timed out while waiting for a response from container primary. Review the latency"
    " metrics for each container in Amazon CloudWatch, resolve the issue, and try again."
)


@dataclass(frozen=True)
class Asked:
    """What goes to a container."""

    body: bytes
    content_type: str = "application/octet-stream"
    accept: str = "*/*"
    attributes: str | None = None
    inference_id: str | None = None

    def headers(self) -> dict[str, str]:
        own = {"Content-Type": self.content_type, "Accept": self.accept}
        return {**own, ATTRIBUTES: self.attributes} if self.attributes is not None else own


@dataclass(frozen=True)
class Reply:
    """What came back from it, with a status of 2xx."""

    body: bytes
    content_type: str
    attributes: str | None


def asked_of(request: dict[str, Any], body: bytes) -> Asked:
    """From a request's members, as the runtime names them."""
    members = {"content_type": "ContentType", "accept": "Accept", "attributes": "CustomAttributes"}
    members["inference_id"] = "InferenceId"
    return Asked(body, **{name: request[key] for name, key in members.items() if key in request})


def ask(ctx: Context, endpoint: str, variant: Variant, asked: Asked, timeout: float, began: float) -> Reply:
    """`began` is when the call did, by time.perf_counter. Raises ServiceError with the runtime's names."""
    sent = time.perf_counter()

    def measure(status: int) -> None:
        _measure(ctx, endpoint, variant, status, began, sent)

    try:
        answer = variant.server.request("POST", "/invocations", asked.body, asked.headers(), timeout)
    except TimedOut:
        measure(0)
        raise _model_error(ctx, endpoint, 0, TIMED_OUT) from None
    except NotServing:
        measure(503)
        raise ServiceError(
            "ServiceUnavailable",
            f"The container of variant {variant.name} is not running; it is started again.",
            503,
        ) from None
    measure(answer.status)
    if not 200 <= answer.status < 300:
        raise _model_error(ctx, endpoint, answer.status, answer.data.decode("utf-8", "replace"))
    content_type = answer.headers.get("Content-Type", "application/octet-stream")
    return Reply(answer.data, content_type, answer.headers.get(ATTRIBUTES))


def keep(capture: Capture, fleet: Fleet, variant: Variant, asked: Asked, reply: Reply) -> None:
    """Captures both sides, where the endpoint's config says so."""
    if not fleet.plan.get("capture"):
        return
    event = {
        "input": (asked.body, asked.content_type),
        "output": (reply.body, reply.content_type),
        "inference_id": asked.inference_id,
        "custom_attributes": asked.attributes,
    }
    capture.keep(fleet.plan["capture"], fleet.endpoint, variant.name, event)


def _measure(ctx: Context, endpoint: str, variant: Variant, status: int, began: float, sent: float) -> None:
    now = time.perf_counter()
    dimensions = {"EndpointName": endpoint, "VariantName": variant.name}

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
