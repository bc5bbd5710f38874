"""One processing job, from the download of its inputs to the upload of its outputs, in its own thread."""

from __future__ import annotations

import shutil
import threading
import time

from . import images
from .context import Context
from .errors import JobFailure, JobStopped
from .jobs import Job
from .processing_host import Host
from .state import Doc
from .training_run import INTERNAL

KIND = "processing-job"
MAX_MESSAGE = 1024


def run_processing(ctx: Context, job: Doc, handle: Job) -> None:
    """Leaves the job Completed, Failed or Stopped, whatever happens."""
    name = job["ProcessingJobName"]
    base = ctx.settings.state / "processing" / name
    count = job["ProcessingResources"]["ClusterConfig"]["InstanceCount"]
    hosts = [Host(ctx, job, base, number, count) for number in range(count)]
    outcome: tuple[str, str | None] = ("Failed", INTERNAL)
    try:
        outcome = _outcome(ctx, job, handle, hosts)
    finally:
        Group(hosts).stop(1)
        _end(ctx, name, hosts, *outcome)
        shutil.rmtree(base, ignore_errors=True)


def _outcome(ctx: Context, job: Doc, handle: Job, hosts: list[Host]) -> tuple[str, str | None]:
    try:
        _run(ctx, job, handle, hosts)
        return "Completed", None
    except JobStopped:
        return "Stopped", None
    except JobFailure as failure:
        return "Failed", str(failure)[:MAX_MESSAGE]


def _run(ctx: Context, job: Doc, handle: Job, hosts: list[Host]) -> None:
    handle.check()
    began = {"ProcessingStartTime": job.get("ProcessingStartTime", time.time())}
    ctx.state.update(KIND, job["ProcessingJobName"], lambda doc: doc.update(began))
    command = images.command_of(ctx.settings, job["AppSpecification"])
    if command is None:
        image = job["AppSpecification"]["ImageUri"]
        raise JobFailure(
            f"ClientError: API error (404): manifest for {image} not found: manifest unknown: Requested image"
            f" not found. This machine has: {images.have(ctx.settings)}; add others with --image."
        )
    for host in hosts:
        host.prepare(handle.check)
    limit = threading.Timer(job["StoppingCondition"]["MaxRuntimeInSeconds"], handle.stop)
    limit.daemon = True
    limit.start()
    try:
        handle.check()
        for host in hosts:
            host.start(command)
        handle.runs(Group(hosts))
        codes = _wait(hosts)
    finally:
        limit.cancel()
        ctx.logs.flush()
    for host in hosts:
        host.upload(everything=all(code == 0 for code in codes) and not handle.stopping.is_set())
    handle.check()
    if any(codes):
        raise JobFailure("AlgorithmError: See job logs for more information")


class Group:
    """All containers of a job, stopped as one."""

    def __init__(self, hosts: list[Host]) -> None:
        self._hosts = hosts

    def stop(self, grace: float) -> None:
        stops = [threading.Thread(target=host.stop, args=(grace,)) for host in self._hosts]
        for stop in stops:
            stop.start()
        for stop in stops:
            stop.join()


def _wait(hosts: list[Host]) -> list[int]:
    """The exit codes; when one container fails, the others are stopped. Continuous outputs go up."""
    under_way = list(hosts)
    while under_way:
        for host in list(under_way):
            code = host.wait(0.1 if len(under_way) == 1 else 0.05)
            if code is not None:
                under_way.remove(host)
            if code:
                Group(under_way).stop(1)
        for host in hosts:
            host.upload_continuous()
    return [host.code for host in hosts]


def _end(ctx: Context, name: str, hosts: list[Host], status: str, reason: str | None) -> None:
    message = "".join(host.message() for host in hosts)[:MAX_MESSAGE]
    also = {"FailureReason": reason} if reason else {}
    said = {"ExitMessage": message} if message else {}
    ended = {"ProcessingJobStatus": status, "ProcessingEndTime": time.time(), **also, **said}
    ctx.state.update(KIND, name, lambda job: job.update(ended))
