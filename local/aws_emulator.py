"""ministack, with four things more.

What it answered is on disk (`PERSIST_STATE`): see aws_durable.py.

An alarm on a metric looks at the points that carry the alarm's own dimensions, as on AWS, not at all points of that name.

An object to be encrypted by KMS without a named key gets the account's own key for S3, as on AWS; SageMaker's SDK asks so.

The list of dashboards tells their dates as numbers, as all dates are told in JSON.
"""

import shutil
from contextvars import ContextVar
from pathlib import Path
from typing import Any

import aws_objects  # noqa: F401  before ministack's S3, see there
from aws_durable import Durable
from ministack import app as ministack
from ministack.core import persistence
from ministack.services import cloudwatch, s3

_evaluate_alarm = cloudwatch._evaluate_alarm
_json_timestamps = cloudwatch._json_timestamps
_resolve_sse_write_headers = s3._resolve_sse_write_headers
# The metric of the alarm that is being evaluated: namespace, name, dimensions.
_alarmed: ContextVar[tuple[Any, Any, str] | None] = ContextVar("alarmed", default=None)


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

if __name__ == "__main__":
    if persistence.PERSIST_STATE:
        ministack.app = Durable()
        # Functions that an earlier process had unpacked, in the laptop cloud's own folder.
        for folder in Path(persistence.STATE_DIR).parents[1].glob("tmp/ministack-lambda-*"):
            shutil.rmtree(folder, ignore_errors=True)
    ministack.main()
