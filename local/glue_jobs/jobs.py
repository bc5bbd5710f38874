"""The operations on job definitions."""

from __future__ import annotations

import time
from typing import Any

from sagemaker_server.context import Context
from sagemaker_server.errors import ServiceError
from sagemaker_server.state import Doc

from . import tags
from .definition import define
from .errors import not_found
from .paging import page
from .records import ACTIVE, JOB, RUN, runs_of

PAGE = 100


def create_job(ctx: Context, request: dict[str, Any]) -> dict[str, Any]:
    """The same request again is fine; another one under the same name is not."""
    given = {key: value for key, value in request.items() if key != "Tags"}
    tags.check(request.get("Tags", {}))
    now = time.time()
    job: Doc = {
        **define(given),
        "Tags": request.get("Tags", {}),
        "CreatedOn": now,
        "LastModifiedOn": now,
        "CreationTime": now,
        "given": request,
    }
    if not ctx.state.insert(JOB, request["Name"], job) and find(ctx, request["Name"])["given"] != request:
        raise ServiceError(
            "IdempotentParameterMismatchException",
            f"Job with name '{request['Name']}' already submitted with different configuration.",
        )
    return {"Name": request["Name"]}


def get_job(ctx: Context, request: dict[str, Any]) -> dict[str, Any]:
    return {"Job": find(ctx, request["JobName"])}


def get_jobs(ctx: Context, request: dict[str, Any]) -> dict[str, Any]:
    jobs, token = page(ctx.state.all(JOB), request, PAGE)
    return {"Jobs": jobs, "NextToken": token}


def list_jobs(ctx: Context, request: dict[str, Any]) -> dict[str, Any]:
    wanted = request.get("Tags", {}).items()
    names = [job["Name"] for job in ctx.state.all(JOB) if wanted <= job["Tags"].items()]
    shown, token = page(names, request, PAGE)
    return {"JobNames": shown, "NextToken": token}


def batch_get_jobs(ctx: Context, request: dict[str, Any]) -> dict[str, Any]:
    found = {name: ctx.state.get(JOB, name) for name in request["JobNames"]}
    return {
        "Jobs": [job for job in found.values() if job],
        "JobsNotFound": [name for name, job in found.items() if not job],
    }


def update_job(ctx: Context, request: dict[str, Any]) -> dict[str, Any]:
    """The definition is replaced, as Glue does: what JobUpdate leaves out is gone."""
    name = request["JobName"]
    find(ctx, name)
    defined = define(request["JobUpdate"])

    def change(job: Doc) -> None:
        kept = {key: job[key] for key in ("Name", "Tags", "CreatedOn", "CreationTime")}
        job.clear()
        job.update(defined, **kept, LastModifiedOn=time.time(), given=None)

    ctx.state.update(JOB, name, change)
    return {"JobName": name}


def delete_job(ctx: Context, request: dict[str, Any]) -> dict[str, Any]:
    """Runs go with their job, those under way are stopped. A missing job is no error, as in Glue."""
    name = request["JobName"]
    with ctx.state.locked():
        ctx.state.delete(JOB, name)
        for run in runs_of(ctx, name):
            ctx.state.delete(RUN, run["Id"])
            handle = ctx.jobs.find(RUN, run["Id"]) if run["JobRunState"] in ACTIVE else None
            if handle:
                handle.stop()
    return {"JobName": name}


def find(ctx: Context, name: str, words: str = "Job {} not found.") -> Doc:
    job = ctx.state.get(JOB, name)
    if not job:
        raise not_found(words.format(name))
    return job
