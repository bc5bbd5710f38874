"""What each feature is worth to a model: how much worse it answers when the feature's values are shuffled among the rows."""

from __future__ import annotations

from typing import Any

import numpy as np

import binary_scores
import multiclass_scores
import regression_scores
from artifact import Predictor
from target import BINARY, MULTICLASS, Target

MOST_ROWS = 20_000
# Cells that the model is asked of: a few seconds for the slowest of the algorithms.
MOST_CELLS = 50_000_000
# Of fewer rows a shuffle says more about chance than about a feature.
LEAST_ROWS = 50


def permutation_importance(
    target: Target, model: Predictor, matrix: np.ndarray, label: np.ndarray, features: list[str], seed: int
) -> dict[str, Any] | None:
    """`{"measure", "rows", "increase": {feature: by how much the measure grows}}`; None where it would take too long,
    or where the rows are too few. Rows are taken evenly. Source: Breiman 2001, section 10, on rows not trained on."""
    wanted = min(label.size, MOST_ROWS, MOST_CELLS // max(1, len(features)) ** 2)
    if wanted < LEAST_ROWS:
        return None
    some = np.linspace(0, label.size - 1, wanted).astype(np.int64)
    rows, truth = matrix[some], label[some]
    name, measure = _measure(target)
    before = measure(truth, model.answers(rows))
    random = np.random.default_rng(seed)
    increase = {}
    for column, feature in enumerate(features):
        shuffled = rows.copy()
        shuffled[:, column] = random.permutation(rows[:, column])
        increase[feature] = measure(truth, model.answers(shuffled)) - before
    return {"measure": name, "rows": int(wanted), "increase": increase}


def _measure(target: Target):
    if target.problem == BINARY:
        return "log_loss", binary_scores.log_loss
    if target.problem == MULTICLASS:
        return "log_loss", multiclass_scores.log_loss
    return "rmse", regression_scores.rmse
