"""Whether a job's settings fit the kind of problem that its transform was prepared for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from failures import TrainingFailure
from hyperparameters import Settings
from scores import METRICS_OF
from target import REGRESSION, Target
from thresholds import DEFAULT

LINEAR = {"logistic-regression": False, "linear-regression": True}


def problem_of(settings: Settings, spec: Mapping[str, Any]) -> Target:
    """What is predicted. Raises `TrainingFailure` where settings and transform do not belong together."""
    try:
        target = Target.of(spec)
    except (KeyError, ValueError) as error:
        raise TrainingFailure(
            f"channel transform: transform.json cannot be used: {error}; prepare it again"
        ) from error
    if settings.label not in (None, target.label):
        raise TrainingFailure(
            f"hyperparameter label: found {settings.label!r}, but the transform makes {target.label!r}; "
            "data and job must come from the same plan"
        )
    regression = target.problem == REGRESSION
    if LINEAR.get(settings.algorithm, regression) != regression:
        mend = "linear-regression" if regression else "logistic-regression"
        raise TrainingFailure(
            f"hyperparameter algorithm: {settings.algorithm} does not solve a "
            f"{target.problem} problem; write {mend}"
        )
    measures = METRICS_OF[target.problem]
    if settings.metric is not None and settings.metric not in measures:
        raise TrainingFailure(
            f"hyperparameter objective_metric: {settings.metric} is no measure of a "
            f"{target.problem} problem; it may be {', '.join(measures)}"
        )
    if target.problem != "binary" and settings.threshold != DEFAULT:
        raise TrainingFailure(
            f"hyperparameter threshold: a {target.problem} problem has no threshold; take it out"
        )
    return target
