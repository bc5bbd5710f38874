"""Runs as they are kept: documents that survive the server."""

from __future__ import annotations

import secrets
import time
from typing import Any

from sagemaker_server.context import Context
from sagemaker_server.state import Doc

JOB = "glue-job"
RUN = "glue-job-run"
ACTIVE = ("STARTING", "RUNNING", "STOPPING")


def runs_of(ctx: Context, job: str) -> list[Doc]:
    """Newest first."""
    runs = [run for run in ctx.state.all(RUN) if run["JobName"] == job]
    return sorted(runs, key=lambda run: run["StartedOn"], reverse=True)


def new_run(job: Doc, **own: Any) -> Doc:
    """A run of a job as it is defined now: a later change of the job leaves it alone."""
    now = time.time()
    shell = job["Command"]["Name"] == "pythonshell"
    return {
        "Id": f"jr_{secrets.token_hex(32)}",
        "Attempt": 0,
        "JobName": job["Name"],
        "JobMode": job["JobMode"],
        "GlueVersion": job["GlueVersion"],
        "JobRunState": "STARTING",
        "StartedOn": now,
        "LastModifiedOn": now,
        "ExecutionTime": 0,
        "PredecessorRuns": [],
        "LogGroupName": "/aws-glue/python-jobs" if shell else "/aws-glue/jobs",
        "job": job,
        "retries": 0,
        **own,
    }


def again(ctx: Context, run: Doc, **own: Any) -> Doc:
    """The next attempt at a run: its id is that of the first attempt, counted on."""
    first, _, _ = run["Id"].partition("_attempt_")
    attempt = run["Attempt"] + 1
    while ctx.state.get(RUN, f"{first}_attempt_{attempt}"):
        attempt += 1
    kept = ("Arguments", "Timeout", "ExecutionClass", "AllocatedCapacity", "MaxCapacity", "WorkerType",
            "NumberOfWorkers")  # fmt: skip
    return new_run(
        run["job"],
        **{
            **{name: run[name] for name in kept if name in run},
            **{"Id": f"{first}_attempt_{attempt}", "Attempt": attempt, "PreviousRunId": run["Id"], **own},
        },
    )
