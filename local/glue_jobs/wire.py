"""JSON 1.1 as Glue speaks it."""

from __future__ import annotations

import json
import uuid
from typing import Any

from sagemaker_server.errors import ServiceError
from sagemaker_server.model import service
from sagemaker_server.wire import JSON, Answer, render


def answer(operation: str, result: dict[str, Any]) -> Answer:
    shape = service("glue").operation_model(operation).output_shape
    return _answer(200, render(shape, result) if shape else {})


def failure(error: ServiceError) -> Answer:
    return _answer(error.status, {"__type": error.code, "Message": error.message, **error.extra})


def _answer(status: int, body: dict[str, Any]) -> Answer:
    headers = {"content-type": JSON, "x-amzn-requestid": str(uuid.uuid4())}
    return Answer(status, headers, json.dumps(body).encode())
