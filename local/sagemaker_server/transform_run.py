"""One batch transform job: starts the model server, sends it the input, writes <file>.out; in the job's
own thread."""

from __future__ import annotations

import json
import shutil
import threading
import time
import uuid
from collections import deque
from pathlib import Path
from typing import Iterator

from .batches import assembled, batches
from .context import Context
from .data_processing import Processing
from .errors import JobFailure, JobStopped
from .folder import fresh
from .jobs import Job
from .model_server import ModelServer, NotServing, TimedOut
from .objects import Item, inside, join_uri, unzip
from .state import Doc
from .transform_client import answers

KIND = "transform-job"
LOG_GROUP = "/aws/sagemaker/TransformJobs"
DEFAULTS = {"MaxConcurrentTransforms": 1, "BatchStrategy": "MultiRecord", "MaxPayloadInMB": 6}
LOOK_EVERY = 0.2
INTERNAL = "InternalServerError: We encountered an internal error. Please try again."


def run_transform(ctx: Context, job: Doc, handle: Job) -> None:
    """Leaves the job Completed, Failed or Stopped, whatever happens."""
    name = job["TransformJobName"]
    base = ctx.settings.state / "transform" / name
    stream = f"{name}/i-{uuid.uuid4().hex[:17]}"
    server = ModelServer(ctx, job["_container"], LOG_GROUP, stream, _environment(job))
    outcome: tuple[str, str | None] = ("Failed", INTERNAL)
    try:
        outcome = _outcome(ctx, job, handle, server, base, f"{stream}/data-log")
    finally:
        _end(ctx, name, server, *outcome)
        shutil.rmtree(base, ignore_errors=True)


def _outcome(
    ctx: Context, job: Doc, handle: Job, server: ModelServer, base: Path, log: str
) -> tuple[str, str | None]:
    """Runs the job; gives its status and, when it failed, why. Outputs of a job that did not complete are
    removed, also those of an earlier server's run of it."""
    written: list[str] = list(job.get("_written", []))
    try:
        handle.check()
        _run(ctx, job, handle, server, base, log, written)
        return "Completed", None
    except JobStopped:
        _remove(ctx, written)
        return "Stopped", None
    except JobFailure as failure:
        ctx.logs.write(LOG_GROUP, log, str(failure))
        _remove(ctx, written)
        return "Failed", str(failure)


def _run(
    ctx: Context, job: Doc, handle: Job, server: ModelServer, base: Path, log: str, written: list[str]
) -> None:
    began = {"TransformStartTime": job.get("TransformStartTime", time.time())}
    ctx.state.update(KIND, job["TransformJobName"], lambda doc: doc.update(began))
    fresh(base, "input", "output")
    items = _items(ctx, job)
    _start(ctx, job, server, handle)
    job = {**job, **_parameters(job, server)}
    ctx.logs.write(LOG_GROUP, log, _settings_line(job))
    sink = job["TransformOutput"]
    for item in items:
        handle.check()
        output = _transform(ctx, job, server, handle, item, base)
        target = join_uri(sink["S3OutputPath"], f"{item.relative}.out")
        if target not in written:
            written.append(target)
            ctx.state.update(KIND, job["TransformJobName"], lambda doc: doc.update(_written=written))
        ctx.objects.upload(output, target, sink.get("KmsKeyId"))
    handle.check()


def _environment(job: Doc) -> dict[str, str]:
    return {
        "SAGEMAKER_BATCH": "true",
        "SAGEMAKER_MAX_PAYLOAD_IN_MB": str(job.get("MaxPayloadInMB", DEFAULTS["MaxPayloadInMB"])),
        "SAGEMAKER_MAX_CONCURRENT_TRANSFORMS": str(job.get("MaxConcurrentTransforms", 1)),
        "SAGEMAKER_BATCH_STRATEGY": "SINGLE_RECORD"
        if job.get("BatchStrategy") == "SingleRecord"
        else "MULTI_RECORD",
        **job.get("Environment", {}),
    }


def _items(ctx: Context, job: Doc) -> list[Item]:
    source = job["TransformInput"]["DataSource"]["S3DataSource"]
    read = ctx.objects.listed if source["S3DataType"] == "ManifestFile" else ctx.objects.below
    items = list(read(source["S3Uri"]))
    if not items:
        raise JobFailure(
            f'ClientError: No S3 objects found under S3 URL "{source["S3Uri"]}" given in input data'
            " source. Please ensure"
            " that the bucket exists and that objects exist under that S3 prefix."
        )
    return items


def _start(ctx: Context, job: Doc, server: ModelServer, handle: Job) -> None:
    """Starts the server; a stop that is asked for meanwhile ends the waiting."""
    started = threading.Event()

    def watch() -> None:
        while not started.wait(LOOK_EVERY):
            if handle.stopping.is_set():
                server.stop(1)
                return

    threading.Thread(target=watch, daemon=True).start()
    try:
        server.start(ctx.settings.startup_timeout)
    except JobFailure as failure:
        handle.check()
        if str(failure).startswith("ClientError"):
            raise
        raise JobFailure(
            f"AlgorithmError: The model server {failure}. See job logs for more information."
        ) from failure
    finally:
        started.set()


def _parameters(job: Doc, server: ModelServer) -> Doc:
    """What the request says, else what the container wishes, else the service's own."""
    wishes: Doc = {}
    try:
        answer = server.request("GET", "/execution-parameters", None, {}, 5)
        wishes = json.loads(answer.data) if answer.status == 200 else {}
    except (NotServing, TimedOut, ValueError):
        pass
    wishes = wishes if isinstance(wishes, dict) else {}
    if "BatchStrategy" in wishes:
        single = wishes["BatchStrategy"] in ("SINGLE_RECORD", "SingleRecord")
        wishes["BatchStrategy"] = "SingleRecord" if single else "MultiRecord"
    return {name: job.get(name, wishes.get(name, usual)) for name, usual in DEFAULTS.items()}


def _settings_line(job: Doc) -> str:
    return "[sagemaker logs]: " + ", ".join(f"{name}={job[name]}" for name in DEFAULTS)


def _transform(ctx: Context, job: Doc, server: ModelServer, handle: Job, item: Item, base: Path) -> Path:
    source, sink = job["TransformInput"], job["TransformOutput"]
    file = inside(base / "input", item.relative)
    ctx.objects.download(item, file)
    if source["CompressionType"] == "Gzip":
        file = unzip(file)
    headers = {"Accept": sink.get("Accept", "*/*")}
    if source.get("ContentType"):
        headers["Content-Type"] = source["ContentType"]
    processing = Processing(job)
    waiting: deque[bytes] = deque()

    def bodies() -> Iterator[bytes]:
        for body in batches(file, source["SplitType"], job["BatchStrategy"], job["MaxPayloadInMB"]):
            waiting.append(body)
            yield processing.sent(body)

    output = base / "output" / "current.out"
    with output.open("wb") as out:
        for answer in answers(job, server, handle, bodies(), headers):
            out.write(assembled(processing.kept(waiting.popleft(), answer), sink["AssembleWith"]))
    file.unlink()
    return output


def _remove(ctx: Context, written: list[str]) -> None:
    for uri in written:
        ctx.objects.delete(uri)


def _end(ctx: Context, name: str, server: ModelServer, status: str, reason: str | None) -> None:
    server.stop(2)
    ctx.logs.flush()
    also = {"FailureReason": reason[:1024]} if reason else {}
    ended = {"TransformJobStatus": status, "TransformEndTime": time.time(), **also}
    ctx.state.update(KIND, name, lambda job: job.update(ended))
