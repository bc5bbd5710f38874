"""JSON 1.1 as SageMaker speaks it: what comes in, what goes out."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from typing import Any

from botocore.model import Shape

from .errors import ServiceError
from .model import service

JSON = "application/x-amz-json-1.1"


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


def request_of(body: bytes) -> dict[str, Any]:
    """The request's JSON object; NaN and Infinity are no JSON."""

    def refuse(constant: str) -> None:
        raise ValueError(f"{constant} is no JSON number")

    try:
        value = json.loads(body or b"{}", parse_constant=refuse)
    except (ValueError, RecursionError) as error:
        raise ServiceError("SerializationException", f"the request is not JSON: {error}") from error
    if not isinstance(value, dict):
        raise ServiceError("SerializationException", "the request is not a JSON object")
    return value


def render(shape: Shape, value: Any) -> Any:
    """Only what the shape knows; timestamps are epoch seconds, None is left out."""
    if shape.type_name == "structure":
        return {
            name: render(member, value[name])
            for name, member in shape.members.items()
            if value.get(name) is not None
        }
    if shape.type_name == "list":
        return [render(shape.member, item) for item in value]
    if shape.type_name == "map":
        return {key: render(shape.value, item) for key, item in value.items()}
    if shape.type_name == "timestamp":
        return round(float(value), 3)
    return value


def answer(speaks: str, operation: str, result: dict[str, Any]) -> Answer:
    shape = service(speaks).operation_model(operation).output_shape
    body = json.dumps(render(shape, result)).encode() if shape else b""
    return Answer(200, headers(JSON), body)


def failure(error: ServiceError, speaks: str = "sagemaker") -> Answer:
    """The control plane's errors name themselves in `__type`."""
    # Modelled exceptions carry Message, the framework's own message.
    modelled = error.code in {shape.name for shape in service(speaks).error_shapes}
    body = {"__type": error.code, ("Message" if modelled else "message"): error.message, **error.extra}
    return Answer(error.status, headers(JSON), json.dumps(body).encode())


def runtime_failure(error: ServiceError) -> Answer:
    """The runtime is REST: the error's name is a header."""
    given = {**headers("application/json"), "x-amzn-errortype": error.code}
    return Answer(error.status, given, json.dumps({"Message": error.message, **error.extra}).encode())


def headers(content_type: str) -> dict[str, str]:
    return {"content-type": content_type, "x-amzn-requestid": str(uuid.uuid4())}
