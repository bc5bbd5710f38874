"""The trials of a tuning job: one training job each, what is kept of it, and how they are counted."""

from __future__ import annotations

import time
import uuid
from typing import Any

from . import training
from .arns import arn
from .context import Context
from .errors import ServiceError
from .state import Doc
from .tuning_definitions import Definition, definitions_of

ENDED = ("Completed", "Failed", "Stopped")
_FROM_JOB = ("TrainingStartTime", "TrainingEndTime", "FailureReason")


def kind(tuning: str) -> str:
    return f"tuning-trial/{tuning}"


def trials_of(ctx: Context, tuning: str) -> list[Doc]:
    """In the order in which they were begun."""
    return sorted(ctx.state.all(kind(tuning)), key=lambda trial: trial["Number"])


def begin(ctx: Context, tuning: Doc, number: int, definition: int, values: dict[str, str]) -> Doc:
    """Writes the trial down before it creates its training job: a server that ends in between knows of it."""
    name = tuning["HyperParameterTuningJobName"]
    job = f"{name}-{number + 1:03}-{uuid.uuid4().hex[:8]}"
    trial: Doc = {
        "Number": number,
        "Definition": definition,
        "TrainingJobName": job,
        "TrainingJobArn": arn(ctx.settings, "training-job", job),
        "TunedHyperParameters": values,
        "CreationTime": time.time(),
        "TrainingJobStatus": "InProgress",
        "Objective": None,
        "Created": False,
    }
    ctx.state.put(kind(name), job, trial)
    create(ctx, tuning, trial)
    return trial


def create(ctx: Context, tuning: Doc, trial: Doc) -> None:
    """The trial's training job; one that is refused is a trial that failed."""
    definition = definitions_of(tuning)[trial["Definition"]]
    tuning_arn = tuning["HyperParameterTuningJobArn"]
    job, values = trial["TrainingJobName"], trial["TunedHyperParameters"]
    request = definition.request(job, values, tuning.get("Tags", []))
    try:
        training.create_training_job(ctx, {**request, "TuningJobArn": tuning_arn})
    except ServiceError as error:
        now = time.time()
        trial.update(TrainingJobStatus="Failed", FailureReason=f"ClientError: {error.message}"[:1024])
        trial.update(TrainingStartTime=now, TrainingEndTime=now)
    trial["Created"] = True
    ctx.state.put(kind(tuning["HyperParameterTuningJobName"]), trial["TrainingJobName"], trial)


def look(ctx: Context, tuning: Doc, trial: Doc) -> Doc:
    """The trial as its training job is now; what ended is kept, whatever becomes of the training job."""
    if trial["TrainingJobStatus"] in ENDED:
        return trial
    job = ctx.state.get(training.KIND, trial["TrainingJobName"])
    if not job and not trial["Created"]:
        return trial
    if not job:
        # Somebody deleted it as soon as it had ended.
        job = {"TrainingJobStatus": "Stopped"}
    seen = {member: job[member] for member in _FROM_JOB if member in job}
    trial = {**trial, **seen, "TrainingJobStatus": job["TrainingJobStatus"]}
    if trial["TrainingJobStatus"] in ENDED:
        metric = definitions_of(tuning)[trial["Definition"]].metric
        final = {each["MetricName"]: each["Value"] for each in job.get("FinalMetricDataList", [])}
        if trial["TrainingJobStatus"] != "Failed":
            trial["Objective"] = final.get(metric)
        ctx.state.put(kind(tuning["HyperParameterTuningJobName"]), trial["TrainingJobName"], trial)
    return trial


def objective_status(trial: Doc) -> str:
    if trial["TrainingJobStatus"] not in ENDED:
        return "Pending"
    return "Failed" if trial["Objective"] is None else "Succeeded"


def retryable(trial: Doc) -> bool:
    return trial.get("FailureReason", "").startswith("InternalServerError")


def counters(trials: list[Doc]) -> dict[str, dict[str, int]]:
    """TrainingJobStatusCounters and ObjectiveStatusCounters; each adds up to the trials begun."""
    statuses = dict.fromkeys(("Completed", "InProgress", "RetryableError", "NonRetryableError", "Stopped"), 0)
    objectives = dict.fromkeys(("Succeeded", "Pending", "Failed"), 0)
    for trial in trials:
        status = trial["TrainingJobStatus"]
        if status == "Failed":
            status = "RetryableError" if retryable(trial) else "NonRetryableError"
        statuses[status if status in statuses else "InProgress"] += 1
        objectives[objective_status(trial)] += 1
    return {"TrainingJobStatusCounters": statuses, "ObjectiveStatusCounters": objectives}


def best(trials: list[Doc], definitions: list[Definition]) -> Doc | None:
    """The trial with the best objective; the earlier of two equal ones."""
    known = [trial for trial in trials if trial["Objective"] is not None]
    sign = 1 if definitions[0].minimize else -1
    return min(known, key=lambda trial: (sign * trial["Objective"], trial["Number"]), default=None)


def summary(tuning: Doc, trial: Doc) -> dict[str, Any]:
    """HyperParameterTrainingJobSummary."""
    definition = definitions_of(tuning)[trial["Definition"]]
    found = {
        **trial,
        "TrainingJobDefinitionName": definition.name,
        "TuningJobName": tuning["HyperParameterTuningJobName"],
        "ObjectiveStatus": objective_status(trial),
    }
    if trial["Objective"] is not None:
        found["FinalHyperParameterTuningJobObjectiveMetric"] = {
            "Type": definition.objective["Type"],
            "MetricName": definition.metric,
            "Value": trial["Objective"],
        }
    return found
