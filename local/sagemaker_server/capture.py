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
from pathlib import Path
from typing import Any

from boto3.exceptions import Boto3Error
from botocore.exceptions import BotoCoreError, ClientError

from .errors import JobFailure
from .objects import Objects, join_uri
from .patience import passing
from .spool import Spool, lines
from .state import Doc

# A folder, and the KMS key that S3 encrypts its objects by.
Place = tuple[str, "str | None"]
# One object holds no more lines than this.
MOST_LINES = 5_000


class Capture:
    """What is captured is on disk before its request is answered; a thread delivers it to S3."""

    def __init__(self, objects: Objects, folder: Path, period: float) -> None:
        self._objects = objects.at_once
        self._spool = Spool(folder)
        self._period = period
        self._writing = threading.Lock()
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
        folder = join_uri(config["DestinationS3Uri"], endpoint, variant)
        kept = [folder, config.get("KmsKeyId"), now.timestamp(), json.dumps(_record(config, event, now))]
        self._spool.add(json.dumps(kept).encode())

    def flush(self) -> None:
        """Delivers all that was kept before the call; what cannot be delivered waits on."""
        with self._writing:
            for file in self._spool.take():
                try:
                    self._deliver(file)
                except (BotoCoreError, ClientError, Boto3Error) as error:
                    print(f"sagemaker_server: captured requests wait: {error}", file=sys.stderr)
                    return
                self._spool.remove(file)

    def close(self) -> None:
        self._closed.set()
        self._thread.join(10)
        self.flush()

    def _run(self) -> None:
        while not self._closed.wait(self._period):
            self.flush()

    def _deliver(self, file: Path) -> None:
        waiting: dict[Place, list[tuple[datetime, str]]] = defaultdict(list)
        for folder, key_id, at, line in map(json.loads, lines(file)):
            waiting[(folder, key_id)].append((datetime.fromtimestamp(at, timezone.utc), line))
        number = 0
        for (folder, key_id), found in waiting.items():
            for start, part in _files(found):
                # The same name when it is delivered again: a server may be killed before it removes the file.
                number += 1
                own = uuid.uuid5(uuid.UUID(file.name), str(number))
                name = f"{start:%M-%S}-{start.microsecond // 1000:03d}-{own}.jsonl"
                body = "".join(f"{line}\n" for _, line in part)
                self._write(join_uri(folder, f"{start:%Y/%m/%d/%H}", name), body.encode(), key_id)

    def _write(self, target: str, body: bytes, key_id: str | None) -> None:
        try:
            self._objects.write(target, body, "application/jsonlines", key_id)
        except (ClientError, JobFailure) as error:
            if passing(error):
                raise
            print(f"sagemaker_server: captured requests were lost: {target}: {error}", file=sys.stderr)


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
