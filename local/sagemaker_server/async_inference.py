"""The runtime's InvokeEndpointAsync: a request that is taken, kept on disk, and answered in S3."""

from __future__ import annotations

import base64
import json
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from . import wire
from .async_run import KIND, answer_one
from .context import Context
from .errors import ServiceError
from .objects import join_uri
from .router import absent, members_of
from .state import Doc
from .wire import Answer

LARGEST_INLINE = 128_000
AT_ONCE = 4


class AsyncRequests:
    """The requests that wait, an endpoint's at most MaxConcurrentInvocationsPerInstance at once."""

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx
        self._lock = threading.Lock()
        self._pools: dict[tuple[str, int], ThreadPoolExecutor] = {}

    def resume(self) -> None:
        """After a start of the server: takes up what was left."""
        for doc in sorted(self._ctx.state.all(KIND), key=lambda each: each["ReceivedTime"]):
            self.submit(doc)

    def submit(self, doc: Doc) -> None:
        key = (doc["EndpointName"], doc["AtOnce"])
        with self._lock:
            if key not in self._pools:
                self._pools[key] = ThreadPoolExecutor(doc["AtOnce"], f"async-{doc['EndpointName']}")
            self._pools[key].submit(answer_one, self._ctx, doc["Id"])


def invoke_async(ctx: Context, endpoint: str, headers: dict[str, str], body: bytes) -> Answer:
    """`headers` in lower case. Raises ServiceError with the runtime's names."""
    request = members_of("InvokeEndpointAsync", endpoint, headers)
    if bool(body) == ("InputLocation" in request):
        raise ServiceError("ValidationError", "Give exactly one of InputLocation and Body.")
    config = _config(ctx, endpoint)
    inference = request.get("InferenceId") or str(uuid.uuid4())
    output, failure = _locations(config["OutputConfig"], request, inference)
    doc: Doc = {
        **{key: value for key, value in request.items() if key != "Body"},
        "Id": str(uuid.uuid4()),
        "InferenceId": inference,
        "ReceivedTime": time.time(),
        "OutputLocation": output,
        "FailureLocation": failure,
        "KmsKeyId": config["OutputConfig"].get("KmsKeyId"),
        "Body": base64.b64encode(body).decode(),
        "Notification": config["OutputConfig"].get("NotificationConfig", {}),
        "AtOnce": config.get("ClientConfig", {}).get("MaxConcurrentInvocationsPerInstance", AT_ONCE),
    }
    ctx.state.put(KIND, doc["Id"], doc)
    ctx.asyncs.submit(doc)
    given = {**wire.headers("application/json"), "x-amzn-sagemaker-outputlocation": output}
    if failure:
        given["x-amzn-sagemaker-failurelocation"] = failure
    return Answer(202, given, json.dumps({"InferenceId": inference}).encode())


def _config(ctx: Context, endpoint: str) -> Doc:
    """The endpoint's AsyncInferenceConfig."""
    found = ctx.state.get("endpoint", endpoint)
    if not found or not found.get("_plan") or found["EndpointStatus"] in ("Deleting", "Failed"):
        raise absent(ctx, endpoint)
    if not found["_plan"].get("async"):
        raise ServiceError(
            "ValidationError", f"Endpoint {endpoint} is not an asynchronous endpoint; use InvokeEndpoint."
        )
    return found["_plan"]["async"]


def _locations(config: Doc, request: dict[str, Any], inference: str) -> tuple[str, str | None]:
    """Where the answer goes, and where the failure."""
    name = request.get("Filename", f"{inference}.out")
    stem = name.rpartition(".")[0] or name
    extension = [request["S3OutputPathExtension"].strip("/")] if "S3OutputPathExtension" in request else []
    output = join_uri(config["S3OutputPath"], *extension, name)
    failures = config.get("S3FailurePath")
    return output, join_uri(failures, *extension, f"{stem}-error.out") if failures else None
