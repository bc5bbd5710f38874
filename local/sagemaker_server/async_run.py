"""The answer to one asynchronous request: from S3, through a container, to S3, and word of it by SNS."""

from __future__ import annotations

import base64
import json
import sys
import time
import traceback
from datetime import datetime, timezone

from botocore.exceptions import BotoCoreError, ClientError

from .context import Context
from .errors import JobFailure, ServiceError
from .invocation import Asked, Reply, ask, asked_of
from .objects import UNTYPED
from .patience import patiently
from .state import Doc

KIND = "async-request"
LIVES = 21_600
TIMEOUT = 900
LARGEST_INPUT = 1024**3
LOOK_EVERY = 0.5


class _Failed(Exception):
    """Why the request has no answer."""


def answer_one(ctx: Context, key: str) -> None:
    """Leaves the request answered or failed, whatever happens; one whose endpoint is gone is dropped."""
    doc = ctx.state.get(KIND, key)
    if not doc:
        return
    try:
        reply = _answer(ctx, doc)
        if reply:
            ctx.objects.write(doc["OutputLocation"], reply.body, reply.content_type, doc.get("KmsKeyId"))
            _notify(ctx, doc, "SuccessTopic", _word(ctx, doc, "Completed", _responded(doc, reply)))
    except _Failed as failure:
        _fail(ctx, doc, str(failure))
    except Exception as error:  # the thread's end: the last place to say it
        traceback.print_exc(file=sys.stderr)
        _fail(ctx, doc, f"InternalServerError: {type(error).__name__}")
    ctx.state.delete(KIND, key)


def _answer(ctx: Context, doc: Doc) -> Reply | None:
    """Waits for a container for as long as the request lives; None when the endpoint is gone."""
    until = doc["ReceivedTime"] + doc.get("RequestTTLSeconds", LIVES)
    asked: Asked | None = None
    while time.time() < until:
        fleet = ctx.fleets.get(doc["EndpointName"])
        variant = fleet.pick() if fleet else None
        if not variant or not variant.enter():
            known = ctx.state.get("endpoint", doc["EndpointName"])
            if not known or known["EndpointStatus"] == "Deleting":
                return None
            time.sleep(LOOK_EVERY)
            continue
        try:
            asked = asked or _asked(ctx, doc)
            timeout = doc.get("InvocationTimeoutSeconds", TIMEOUT)
            return ask(ctx, doc["EndpointName"], variant, asked, timeout, time.perf_counter())
        except ServiceError as error:
            if error.code != "ServiceUnavailable":
                raise _Failed(error.message) from error
        finally:
            variant.leave()
        time.sleep(LOOK_EVERY)
    raise _Failed(f"Inference request expired: it waited {doc.get('RequestTTLSeconds', LIVES)} seconds.")


def _asked(ctx: Context, doc: Doc) -> Asked:
    """An input in S3 of whose type the request said nothing has the object's: the SDK sends it like that."""
    if "InputLocation" not in doc:
        return asked_of(doc, base64.b64decode(doc["Body"]))
    try:
        size, content_type = ctx.objects.describe(doc["InputLocation"])
        if size > LARGEST_INPUT:
            raise _Failed(
                f"Input {doc['InputLocation']} has {size} bytes; at most {LARGEST_INPUT} are taken."
            )
        body = ctx.objects.read(doc["InputLocation"])
    except (BotoCoreError, ClientError, JobFailure) as error:
        raise _Failed(f"Failed to download input data from {doc['InputLocation']}: {error}") from error
    typed = {} if content_type == UNTYPED else {"ContentType": content_type}
    return asked_of({**typed, **doc}, body)


def _fail(ctx: Context, doc: Doc, reason: str) -> None:
    if doc.get("FailureLocation"):
        try:
            ctx.objects.write(doc["FailureLocation"], reason.encode(), "text/plain", doc.get("KmsKeyId"))
        except (BotoCoreError, ClientError, JobFailure) as error:
            print(f"sagemaker_server: a failure could not be written to S3: {error}", file=sys.stderr)
    _notify(ctx, doc, "ErrorTopic", _word(ctx, doc, "Failed", {"failureReason": reason}))


def _responded(doc: Doc, reply: Reply) -> Doc:
    return {
        "responseParameters": {"contentType": reply.content_type, "outputLocation": doc["OutputLocation"]}
    }


def _word(ctx: Context, doc: Doc, status: str, more: Doc) -> Doc:
    parameters = {
        "accept": doc.get("Accept"),
        "customAttributes": doc.get("CustomAttributes"),
        "endpointName": doc["EndpointName"],
        "inputLocation": doc.get("InputLocation"),
    }
    return {
        "awsRegion": ctx.settings.region,
        "eventTime": _iso(time.time()),
        "receivedTime": _iso(doc["ReceivedTime"]),
        "invocationStatus": status,
        "requestParameters": {name: value for name, value in parameters.items() if value is not None},
        **more,
        "inferenceId": doc["InferenceId"],
        "eventVersion": "1.0",
        "eventSource": "aws:sagemaker",
        "eventName": "InferenceResult",
    }


def _notify(ctx: Context, doc: Doc, topic: str, word: Doc) -> None:
    target = doc["Notification"].get(topic)
    if not target:
        return
    try:
        patiently(lambda: ctx.sns.publish(TopicArn=target, Message=json.dumps(word)))
    except (BotoCoreError, ClientError) as error:
        print(f"sagemaker_server: {target} could not be told: {error}", file=sys.stderr)


def _iso(at: float) -> str:
    return f"{datetime.fromtimestamp(at, timezone.utc):%Y-%m-%dT%H:%M:%S.%f}"[:-3] + "Z"
