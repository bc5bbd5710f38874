"""When a tuning job is over: what was asked for is reached, nothing gets better, or nothing succeeds."""

from __future__ import annotations

from .state import Doc
from .tuning_trials import ENDED

# AWS counts an improvement of 1 % or more.
IMPROVEMENT = 0.01
# A tuning job has converged when the newer half of its results, and not fewer than so many, improved nothing.
LEAST_TO_CONVERGE = 10
# AWS gives up after so many.
ATTEMPTS = 5


def evaluated(trials: list[Doc]) -> list[Doc]:
    """Those that have an objective, in the order in which they ended."""
    known = [trial for trial in trials if trial["Objective"] is not None]
    return sorted(known, key=lambda trial: (trial.get("TrainingEndTime", 0), trial["Number"]))


def not_improving(objectives: list[float], minimize: bool) -> int:
    """How many came since the best was improved by 1 % or more."""
    best: float | None = None
    since = 0
    for value in objectives:
        gain = 0.0 if best is None else best - value if minimize else value - best
        if best is None or (gain > 0 and gain >= IMPROVEMENT * abs(best)):
            best, since = value, 0
        else:
            since += 1
    return since


def converged_at(trials: list[Doc], minimize: bool) -> float | None:
    """When the tuning job converged, by a rule of ours (AWS does not publish its own); None before."""
    known = evaluated(trials)
    for count in range(2 * LEAST_TO_CONVERGE, len(known) + 1):
        since = not_improving([trial["Objective"] for trial in known[:count]], minimize)
        if since >= max(LEAST_TO_CONVERGE, count / 2):
            return known[count - 1].get("TrainingEndTime")
    return None


def reached(criteria: Doc, trials: list[Doc], minimize: bool) -> bool:
    """Whether TuningJobCompletionCriteria are met."""
    objectives = [trial["Objective"] for trial in evaluated(trials)]
    sign = 1 if minimize else -1
    target = criteria.get("TargetObjectiveMetricValue")
    if target is not None and any((value - target) * sign <= 0 for value in objectives):
        return True
    most = criteria.get("BestObjectiveNotImproving", {}).get("MaxNumberOfTrainingJobsNotImproving")
    if most is not None and not_improving(objectives, minimize) >= most:
        return True
    wished = criteria.get("ConvergenceDetected", {}).get("CompleteOnConvergence") == "Enabled"
    return wished and converged_at(trials, minimize) is not None


def hopeless(trials: list[Doc], planned: int) -> str | None:
    """Why the tuning job fails, in AWS's words; None while there is hope."""
    ended = [trial for trial in trials if trial["TrainingJobStatus"] in ENDED]
    if len(ended) < min(ATTEMPTS, planned) or any(trial["Objective"] is not None for trial in ended):
        return None
    attempts = min(ATTEMPTS, planned)
    if all(trial["TrainingJobStatus"] == "Failed" for trial in ended):
        return (
            f"No training job succeeded after {attempts} attempts. For additional details, please take a look"
            " at the training job failures by listing training jobs for the hyperparameter tuning job."
        )
    return (
        f"No objective metrics found after running {attempts} training jobs. Please ensure that the custom"
        " algorithm is emitting the objective metric as defined by the regular expression provided."
    )
