"""ministack, with four things more.

Its state is saved while it runs and not only when it stops: a kill loses seconds, not everything. Objects in S3 are written
to disk at once by ministack itself (`S3_PERSIST`); this looks after all other services.

An alarm on a metric looks at the points that carry the alarm's own dimensions, as on AWS, not at all points of that name.

An object to be encrypted by KMS without a named key gets the account's own key for S3, as on AWS; SageMaker's SDK asks so.

The list of dashboards tells their dates as numbers, as all dates are told in JSON.
"""

import functools
import threading
from contextvars import ContextVar
from typing import Any

from ministack import app as ministack
from ministack.services import cloudwatch, s3

SAVE_EVERY_SECONDS = 2.0

_changed = threading.Event()
_saving = threading.Lock()
_serve = ministack.app
_save_all = ministack.save_all
_evaluate_alarm = cloudwatch._evaluate_alarm
_json_timestamps = cloudwatch._json_timestamps
_resolve_sse_write_headers = s3._resolve_sse_write_headers
# The metric of the alarm that is being evaluated: namespace, name, dimensions.
_alarmed: ContextVar[tuple[Any, Any, str] | None] = ContextVar("alarmed", default=None)


async def noticing(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Serves a request and notes that there is something to save."""
    await _serve(scope, receive, send)
    if scope["type"] == "http" and not scope["path"].endswith("/health"):
        _changed.set()


@functools.wraps(_save_all)
def save_all(services: dict[str, Any]) -> None:
    """ministack's own, one at a time: it saves when it stops, from another thread than ours."""
    with _saving:
        _save_all(services)


def keep_saving() -> None:
    """Saves every service that was used, a little after each change. A state that changes under our hands is saved next time."""
    pause = threading.Event()
    while True:
        _changed.wait()
        pause.wait(SAVE_EVERY_SECONDS)
        _changed.clear()
        ministack.save_all(ministack._build_persistence_save_dict())


class Metrics(type(cloudwatch._metrics)):
    """ministack's metrics; while an alarm is evaluated, only those that it watches."""

    __slots__ = ()

    def items(self) -> Any:
        alarmed = _alarmed.get()
        return [pair for pair in super().items() if alarmed in (None, pair[0])]


def evaluate_alarm(alarm: dict[str, Any]) -> None:
    dimensions = cloudwatch._dims_key(cloudwatch._dims_from_list(alarm.get("Dimensions") or []))
    token = _alarmed.set((alarm.get("Namespace"), alarm.get("MetricName"), dimensions))
    try:
        _evaluate_alarm(alarm)
    finally:
        _alarmed.reset(token)


def resolve_sse_write_headers(headers: dict[str, str], bucket: str) -> tuple[dict[str, str] | None, Any]:
    key = "x-amz-server-side-encryption-aws-kms-key-id"
    if headers.get("x-amz-server-side-encryption") == "aws:kms" and not headers.get(key):
        headers = {**headers, key: f"arn:aws:kms:{s3.get_region()}:{s3.get_account_id()}:alias/aws/s3"}
    return _resolve_sse_write_headers(headers, bucket)


def json_timestamps(value: Any) -> Any:
    if isinstance(value, dict) and "LastModified" in value:
        value = {**value, "LastModified": cloudwatch._json_timestamp(value["LastModified"])}
    return _json_timestamps(value)


metrics = Metrics()
metrics._data = cloudwatch._metrics._data
cloudwatch._metrics = metrics
cloudwatch._evaluate_alarm = evaluate_alarm
cloudwatch._json_timestamps = json_timestamps
s3._resolve_sse_write_headers = resolve_sse_write_headers
ministack.app = noticing
ministack.save_all = save_all

if __name__ == "__main__":
    threading.Thread(target=keep_saving, daemon=True, name="keep-saving").start()
    ministack.main()
