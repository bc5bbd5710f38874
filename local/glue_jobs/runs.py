"""The operations on runs of jobs."""

from __future__ import annotations

import time
from typing import Any

from sagemaker_server.context import Context
from sagemaker_server.errors import ServiceError
from sagemaker_server.state import Doc

from . import arguments, jobs
from .capacity import of_a_run
from .definition import REFUSED_OF_RUN, timeout
from .errors import invalid, not_found, refused
from .paging import page
from .records import ACTIVE, RUN, again, new_run, runs_of
from .run import start

PAGE = 200


def start_job_run(ctx: Context, request: dict[str, Any]) -> dict[str, Any]:
    for member in REFUSED_OF_RUN:
        if request.get(member):
            raise refused(f"{member} of a job run")
    job = jobs.find(ctx, request["JobName"], "Failed to start job run due to missing metadata")
    arguments.check(job["Command"]["Name"], request.get("Arguments", {}), "Arguments")
    own = {
        **{name: request[name] for name in ("Arguments", "ExecutionClass") if name in request},
        "Timeout": timeout(request.get("Timeout"), job["Timeout"]),
        **of_a_run(job, request),
    }
    with ctx.state.locked():
        under_way = [run for run in runs_of(ctx, job["Name"]) if run["JobRunState"] in ACTIVE]
        if len(under_way) >= job["ExecutionProperty"]["MaxConcurrentRuns"]:
            raise ServiceError(
                "ConcurrentRunsExceededException", f"Concurrent runs exceeded for {job['Name']}"
            )
        run = _retried(ctx, job, request, own) if "JobRunId" in request else new_run(job, **own)
        ctx.state.put(RUN, run["Id"], run)
    start(ctx, run["Id"])
    return {"JobRunId": run["Id"]}


def get_job_run(ctx: Context, request: dict[str, Any]) -> dict[str, Any]:
    return {"JobRun": _shown(_find(ctx, request["JobName"], request["RunId"]))}


def get_job_runs(ctx: Context, request: dict[str, Any]) -> dict[str, Any]:
    jobs.find(ctx, request["JobName"])
    shown, token = page(runs_of(ctx, request["JobName"]), request, PAGE)
    return {"JobRuns": [_shown(run) for run in shown], "NextToken": token}


def batch_stop_job_run(ctx: Context, request: dict[str, Any]) -> dict[str, Any]:
    name = request["JobName"]
    done: list[Doc] = []
    errors: list[Doc] = []
    for run_id in request["JobRunIds"]:
        try:
            _stop(ctx, name, run_id)
            done.append({"JobName": name, "JobRunId": run_id})
        except ServiceError as error:
            detail = {"ErrorCode": error.code, "ErrorMessage": error.message}
            errors.append({"JobName": name, "JobRunId": run_id, "ErrorDetail": detail})
    return {"SuccessfulSubmissions": done, "Errors": errors}


def _stop(ctx: Context, name: str, run_id: str) -> None:
    def stopping(run: Doc) -> None:
        if run["JobRunState"] not in ACTIVE:
            raise invalid(f"Job run {run_id} is {run['JobRunState']} and cannot be stopped.")
        run.update(JobRunState="STOPPING", LastModifiedOn=time.time())

    with ctx.state.locked():
        _find(ctx, name, run_id)
        ctx.state.update(RUN, run_id, stopping)
    handle = ctx.jobs.find(RUN, run_id)
    if handle:
        handle.stop()


def _retried(ctx: Context, job: Doc, request: dict[str, Any], own: Doc) -> Doc:
    """JobRunId names an earlier run to be tried again: with its own arguments, unless others are given."""
    earlier = _find(ctx, job["Name"], request["JobRunId"])
    if earlier["JobRunState"] in ACTIVE:
        state = earlier["JobRunState"]
        raise invalid(f"Job run {earlier['Id']} is {state}: only a run that ended is retried.")
    return again(ctx, {**earlier, "job": job}, **own)


def _shown(run: Doc) -> Doc:
    if run["JobRunState"] != "RUNNING":
        return run
    return {**run, "ExecutionTime": int(time.time() - run["StartedOn"])}


def _find(ctx: Context, job: str, run_id: str) -> Doc:
    run = ctx.state.get(RUN, run_id)
    if not run or run["JobName"] != job:
        raise not_found(f"Job Run {run_id} not found for job {job}.")
    return run
