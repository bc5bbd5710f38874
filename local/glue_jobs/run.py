"""One run of a job, from its script's download to its end, in the run's own thread."""

from __future__ import annotations

import shutil
import threading
import time
from pathlib import Path

from sagemaker_server.context import Context
from sagemaker_server.errors import JobFailure, JobStopped
from sagemaker_server.folder import fresh
from sagemaker_server.jobs import Job
from sagemaker_server.process import Container
from sagemaker_server.state import Doc

from . import programs, report
from .records import ACTIVE, RUN, again
from .script import Script, fetch, install
from .streams import Streams

INTERNAL = "Internal service error : a fault of the server of Glue jobs; its log says which."
FOLDERS = ("libs", "modules", "work", "tmp", "conf")
LONGEST_MESSAGE = 2_048


def start(ctx: Context, run_id: str) -> None:
    ctx.jobs.start(RUN, run_id, lambda handle: execute(ctx, run_id, handle))


def resume_all(ctx: Context) -> None:
    """Runs that an earlier server had under way: their processes are gone, and they run again."""
    for run in ctx.state.all(RUN):
        if run["JobRunState"] in ACTIVE:
            start(ctx, run["Id"])


def execute(ctx: Context, run_id: str, handle: Job) -> None:
    """Leaves the run in a state that is an end, whatever happens, ERROR at worst; a retry begins after it."""
    run = ctx.state.get(RUN, run_id)
    if run is None:
        return
    base = ctx.settings.state / "glue" / run_id
    state, message = "ERROR", INTERNAL
    try:
        state, message = _outcome(ctx, run, handle, base)
    finally:
        # The retry is there before the failure is seen, so that nobody takes the failure for the end of it.
        following = _end(ctx, run_id, state, message)
        shutil.rmtree(base, ignore_errors=True)
        if following:
            start(ctx, following)


def _outcome(ctx: Context, run: Doc, handle: Job, base: Path) -> tuple[str, str]:
    streams = Streams(ctx, run)
    minutes = run["Timeout"]
    timer = threading.Timer(minutes * ctx.settings.glue_minute, handle.stop, args=("Timeout",))
    timer.daemon = True
    try:
        if run["JobRunState"] == "STOPPING":
            return "STOPPED", ""
        fresh(base, *FOLDERS)
        programs.check(ctx.settings, run)
        script = fetch(ctx, run, base, handle.check)
        timer.start()
        install(ctx, run, base, script, handle, streams)
        handle.check()
        _running(ctx, run["Id"])
        code = _run(ctx, run, base, script, handle, streams)
        handle.check()
        return ("SUCCEEDED", "") if code == 0 else ("FAILED", report.words(run, base, code))
    except JobStopped:
        if handle.reason == "Timeout":
            return "TIMEOUT", f"Job run exceeded its timeout of {minutes} minutes."
        return "STOPPED", ""
    except JobFailure as failure:
        streams.error(str(failure))
        return "FAILED", str(failure)
    finally:
        timer.cancel()
        streams.flush()


def _run(ctx: Context, run: Doc, base: Path, script: Script, handle: Job, streams: Streams) -> int:
    command, env = programs.program(ctx.settings, run, base, script)
    container = Container(command, env, base / "work", streams.output, ctx.pids, streams.error)
    handle.runs(container)
    code = container.wait()
    return code if code is not None else -1


def _running(ctx: Context, run_id: str) -> None:
    def change(run: Doc) -> None:
        # A stop that was asked for meanwhile keeps its state.
        if run["JobRunState"] == "STARTING":
            run.update(JobRunState="RUNNING", LastModifiedOn=time.time())

    ctx.state.update(RUN, run_id, change)


def _end(ctx: Context, run_id: str, state: str, message: str) -> str | None:
    """Gives the id of the retry when there is one to be started."""
    now = time.time()
    with ctx.state.locked():
        run = ctx.state.get(RUN, run_id)
        if run is None:
            return None
        run.update(JobRunState=state, CompletedOn=now, LastModifiedOn=now)
        run["ExecutionTime"] = int(now - run["StartedOn"])
        if message:
            run["ErrorMessage"] = message[:LONGEST_MESSAGE]
        ctx.state.put(RUN, run_id, run)
        if state != "FAILED" or run["retries"] >= run["job"]["MaxRetries"]:
            return None
        following = again(ctx, run, retries=run["retries"] + 1)
        ctx.state.put(RUN, following["Id"], following)
        return following["Id"]
