"""The operations on hyperparameter tuning jobs."""

from __future__ import annotations

import secrets
import time
from typing import Any

from . import tags
from .arns import arn
from .context import Context
from .errors import in_use, not_found, validation
from .listing import page
from .state import Doc
from .tuning_check import check_tuning_job
from .tuning_completion import converged_at, evaluated, not_improving
from .tuning_definitions import definitions_of
from .tuning_run import KIND, run_tuning
from .tuning_trials import best, counters, kind, look, summary, trials_of

UNTIL_STOPPED = ("InProgress", "Stopping")


def create_hyper_parameter_tuning_job(ctx: Context, request: dict[str, Any]) -> dict[str, Any]:
    name = request["HyperParameterTuningJobName"]
    if ctx.state.get(KIND, name):
        raise in_use(
            f"A hyperparameter tuning job with the name, {name}, already exists. Choose a different name."
        )
    check_tuning_job(ctx, request)
    now = time.time()
    for definition in definitions_of(request):
        definition.complete()
    tuning: Doc = {
        **request,
        "HyperParameterTuningJobArn": arn(ctx.settings, KIND, name),
        "HyperParameterTuningJobStatus": "InProgress",
        "CreationTime": now,
        "LastModifiedTime": now,
        "Seed": request["HyperParameterTuningJobConfig"].get("RandomSeed", secrets.randbelow(2**31)),
    }
    if not tags.insert(ctx, KIND, name, tuning, tuning["HyperParameterTuningJobArn"], request.get("Tags", [])):
        return create_hyper_parameter_tuning_job(ctx, request)
    _start(ctx, name)
    return {"HyperParameterTuningJobArn": tuning["HyperParameterTuningJobArn"]}


def describe_hyper_parameter_tuning_job(ctx: Context, request: dict[str, Any]) -> dict[str, Any]:
    tuning = _get(ctx, request)
    trials = [look(ctx, tuning, trial) for trial in trials_of(ctx, tuning["HyperParameterTuningJobName"])]
    definitions = definitions_of(tuning)
    found = best(trials, definitions)
    minimize = definitions[0].minimize
    objectives = [trial["Objective"] for trial in evaluated(trials)]
    end = tuning.get("HyperParameterTuningEndTime", time.time())
    return {
        **tuning,
        **counters(trials),
        "BestTrainingJob": summary(tuning, found) if found else None,
        "TuningJobCompletionDetails": {
            "NumberOfTrainingJobsObjectiveNotImproving": not_improving(objectives, minimize),
            "ConvergenceDetectedTime": converged_at(trials, minimize),
        },
        "ConsumedResources": {"RuntimeInSeconds": int(end - tuning["CreationTime"])},
    }


def list_hyper_parameter_tuning_jobs(ctx: Context, request: dict[str, Any]) -> dict[str, Any]:
    shown, token = page(
        ctx.state.all(KIND), request, "HyperParameterTuningJobName", "HyperParameterTuningJobStatus",
        order="Ascending", sort="Name",
    )  # fmt: skip
    return {"HyperParameterTuningJobSummaries": [_short(ctx, tuning) for tuning in shown], "NextToken": token}


def _short(ctx: Context, tuning: Doc) -> Doc:
    config = tuning["HyperParameterTuningJobConfig"]
    trials = [look(ctx, tuning, trial) for trial in trials_of(ctx, tuning["HyperParameterTuningJobName"])]
    known = {"Strategy": config["Strategy"], "ResourceLimits": config["ResourceLimits"]}
    return {**tuning, **counters(trials), **known}


def list_training_jobs_for_hyper_parameter_tuning_job(
    ctx: Context, request: dict[str, Any]
) -> dict[str, Any]:
    tuning = _get(ctx, request)
    trials = [look(ctx, tuning, trial) for trial in trials_of(ctx, tuning["HyperParameterTuningJobName"])]
    if request.get("SortBy") == "FinalObjectiveMetricValue":
        trials = [trial for trial in trials if trial["Objective"] is not None]
    asked = {member: value for member, value in request.items() if member != "HyperParameterTuningJobName"}
    shown, token = page(
        trials, asked, "TrainingJobName", "TrainingJobStatus", order="Ascending", sort="Name",
        sorts={"FinalObjectiveMetricValue": lambda trial: trial["Objective"]},
    )  # fmt: skip
    return {"TrainingJobSummaries": [summary(tuning, trial) for trial in shown], "NextToken": token}


def stop_hyper_parameter_tuning_job(ctx: Context, request: dict[str, Any]) -> dict[str, Any]:
    name = _get(ctx, request)["HyperParameterTuningJobName"]

    def stopping(tuning: Doc) -> None:
        status = tuning["HyperParameterTuningJobStatus"]
        if status not in UNTIL_STOPPED:
            raise validation(f"The request was rejected because the tuning job is in status {status}.")
        tuning["HyperParameterTuningJobStatus"] = "Stopping"

    ctx.state.update(KIND, name, stopping)
    handle = ctx.jobs.find(KIND, name)
    if handle:
        handle.stop()
    return {}


def delete_hyper_parameter_tuning_job(ctx: Context, request: dict[str, Any]) -> dict[str, Any]:
    """Its training jobs stay."""
    tuning = _get(ctx, request)
    name = tuning["HyperParameterTuningJobName"]
    if tuning["HyperParameterTuningJobStatus"] in UNTIL_STOPPED:
        raise in_use(
            f"Tuning job {tuning['HyperParameterTuningJobArn']} is in status"
            f" {tuning['HyperParameterTuningJobStatus']}; stop it first."
        )
    with ctx.state.locked():
        for trial in trials_of(ctx, name):
            ctx.state.delete(kind(name), trial["TrainingJobName"])
        tags.delete(ctx, KIND, name, tuning["HyperParameterTuningJobArn"])
    return {}


def resume_all(ctx: Context) -> None:
    """Tuning jobs that an earlier server ran go on; their trials run again as the training jobs that they
    are."""
    for tuning in ctx.state.all(KIND):
        if tuning["HyperParameterTuningJobStatus"] in UNTIL_STOPPED:
            _start(ctx, tuning["HyperParameterTuningJobName"])
            if tuning["HyperParameterTuningJobStatus"] == "Stopping":
                stop_hyper_parameter_tuning_job(ctx, tuning)


def _start(ctx: Context, name: str) -> None:
    ctx.jobs.start(KIND, name, lambda handle: run_tuning(ctx, name, handle))


def _get(ctx: Context, request: dict[str, Any]) -> Doc:
    name = request["HyperParameterTuningJobName"]
    tuning = ctx.state.get(KIND, name)
    if not tuning:
        raise not_found(f"Amazon SageMaker can't find a tuning job called {name}. Type another name.")
    return tuning
