"""The measures of each kind of problem (docs/metrics.md), and the log lines that tell SageMaker of them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

import binary_scores
import multiclass_scores
import regression_scores
from target import BINARY, MULTICLASS, REGRESSION, Target

# The same as in a plan: src/plan/metrics.ts.
METRICS_OF: dict[str, tuple[str, ...]] = {
    BINARY: binary_scores.METRICS,
    MULTICLASS: multiclass_scores.METRICS,
    REGRESSION: regression_scores.METRICS,
}
METRICS = list(dict.fromkeys(name for names in METRICS_OF.values() for name in names))
_FALLING = {
    *("log_loss", "brier", "calibration_error"),
    *("rmse", "mae", "absolute_error_p50", "absolute_error_p90"),
}


def higher_is_better(metric: str) -> bool:
    return metric not in _FALLING


def score(
    target: Target, label: np.ndarray, answers: np.ndarray, threshold: float | None = None
) -> dict[str, float]:
    """Every measure of the problem; `answers` as `Target.checked` describes them. Binary: at `threshold`."""
    if target.problem == BINARY:
        assert threshold is not None
        return binary_scores.score(label, answers, threshold)
    if target.problem == MULTICLASS:
        return multiclass_scores.score(label, answers)
    return regression_scores.score(label, answers)


def log_line(round_name: str, scores: Mapping[str, float]) -> str:
    """`[12] validation-auc:0.66123 …`: what the training job's metric definitions match."""
    return f"[{round_name}] " + " ".join(f"validation-{name}:{value:.9g}" for name, value in scores.items())
