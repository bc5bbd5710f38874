"""Captured requests and answers, in SageMaker's format and layout:
<destination>/<endpoint>/<variant>/yyyy/mm/dd/hh/MM-SS-mmm-<uuid>.jsonl, a request a line, hours in UTC."""

from __future__ import annotations

import base64
import json
import random
import sys
import threading
import uuid
from collections import defaultdict
from datetime import datetime, timezone
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from .errors import JobFailure
from .objects import Objects, join_uri
from .state import Doc

MOST_WAITING = 100_000
# A folder, and the KMS key that S3 encrypts its objects by.
Place = tuple[str, "str | None"]
# One object holds no more lines than this.
MOST_LINES = 5_000


class Capture:
    def __init__(self, objects: Objects, period: float) -> None:
        self._objects = objects
        self._period = period
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        self._waiting: dict[Place, list[tuple[datetime, str]]] = defaultdict(list)
        self._count = 0
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._run, name="capture", daemon=True)
        self._thread.start()

    def keep(self, config: Doc, endpoint: str, variant: str, event: dict[str, Any]) -> None:
        """`event` is {input, output: (bytes, content type), inference_id, custom_attributes}; sampled
        here."""
        if (
            not config.get("EnableCapture", True)
            or random.random() * 100 >= config["InitialSamplingPercentage"]
        ):
            return
        now = datetime.now(timezone.utc)
        line = json.dumps(_record(config, event, now))
        folder = join_uri(config["DestinationS3Uri"], endpoint, variant)
        with self._lock:
            if self._count >= MOST_WAITING:
                print("sagemaker_server: a captured request was lost: too many wait for S3", file=sys.stderr)
                return
            self._waiting[(folder, config.get("KmsKeyId"))].append((now, line))
            self._count += 1

    def flush(self) -> None:
        with self._writing:
            with self._lock:
                taken, self._waiting, self._count = self._waiting, defaultdict(list), 0
            for place, lines in taken.items():
                for start, part in _files(lines):
                    self._write(place, start, part)

    def close(self) -> None:
        self._closed.set()
        self._thread.join(10)
        self.flush()

    def _run(self) -> None:
        while not self._closed.wait(self._period):
            self.flush()

    def _write(self, place: Place, start: datetime, lines: list[tuple[datetime, str]]) -> None:
        folder, key_id = place
        name = f"{start:%M-%S}-{start.microsecond // 1000:03d}-{uuid.uuid4()}.jsonl"
        body = "".join(f"{line}\n" for _, line in lines)
        try:
            target = join_uri(folder, f"{start:%Y/%m/%d/%H}", name)
            self._objects.write(target, body.encode(), "application/jsonlines", key_id)
        except (BotoCoreError, ClientError, JobFailure) as error:
            print(f"sagemaker_server: {len(lines)} captured requests wait: {error}", file=sys.stderr)
            with self._lock:
                self._waiting[place] = lines + self._waiting[place]
                self._count += len(lines)


def _files(lines: list[tuple[datetime, str]]) -> list[tuple[datetime, list[tuple[datetime, str]]]]:
    """By the hour that a request came in."""
    hours: dict[str, list[tuple[datetime, str]]] = defaultdict(list)
    for at, line in lines:
        hours[f"{at:%Y%m%d%H}"].append((at, line))
    return [
        (part[0][0], part)
        for found in hours.values()
        for start in range(0, len(found), MOST_LINES)
        if (part := found[start : start + MOST_LINES])
    ]


def _record(config: Doc, event: dict[str, Any], now: datetime) -> dict[str, Any]:
    wanted = {option["CaptureMode"] for option in config["CaptureOptions"]}
    data = {}
    if wanted & {"Input", "InputAndOutput"}:
        data["endpointInput"] = _side(config, "INPUT", *event["input"])
    if wanted & {"Output", "InputAndOutput"}:
        data["endpointOutput"] = _side(config, "OUTPUT", *event["output"])
    metadata: dict[str, Any] = {"eventId": str(uuid.uuid4())}
    if event["custom_attributes"]:
        metadata["customAttributes"] = [event["custom_attributes"]]
    if event["inference_id"]:
        metadata["inferenceId"] = event["inference_id"]
    metadata["inferenceTime"] = f"{now:%Y-%m-%dT%H:%M:%SZ}"
    return {"captureData": data, "eventMetadata": metadata, "eventVersion": "0"}


def _side(config: Doc, mode: str, body: bytes, content_type: str) -> dict[str, str]:
    """JSON and CSV as text where CaptureContentTypeHeader names the type, else base64."""
    headers = config.get("CaptureContentTypeHeader", {})
    kind = content_type.partition(";")[0].strip().lower()
    encoding = "BASE64"
    if kind in [each.lower() for each in headers.get("JsonContentTypes", [])]:
        encoding = "JSON"
    if kind in [each.lower() for each in headers.get("CsvContentTypes", [])]:
        encoding = "CSV"
    try:
        text = body.decode() if encoding != "BASE64" else base64.b64encode(body).decode()
    except UnicodeDecodeError:
        text, encoding = base64.b64encode(body).decode(), "BASE64"
    return {"observedContentType": content_type, "mode": mode, "data": text, "encoding": encoding}
