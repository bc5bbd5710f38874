"""Measures of a classifier of several classes: labels are class numbers, answers rows × classes."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

import binary_scores
from calibration import calibration_error

METRICS = (
    *("auc", "pr_auc", "log_loss", "brier", "calibration_error", "accuracy"),
    *("precision_macro", "recall_macro", "f1_macro"),
    *("precision_weighted", "recall_weighted", "f1_weighted"),
)


def score(label: np.ndarray, probabilities: np.ndarray) -> dict[str, float]:
    """Every measure; at least two classes occur in `label`. The likeliest class is the predicted one.

    `auc` and `pr_auc` are means over the classes that occur, each against all others; macro means are over
    the classes that occur or are predicted.
    """
    classes = label.astype(np.int64)
    predicted = probabilities.argmax(axis=1)
    values = {
        "auc": _one_against_rest(binary_scores.auc, classes, probabilities),
        "pr_auc": _one_against_rest(binary_scores.pr_auc, classes, probabilities),
        "log_loss": log_loss(label, probabilities),
        "brier": brier(label, probabilities),
        "calibration_error": calibration_error(predicted == classes, probabilities.max(axis=1)),
        "accuracy": accuracy(label, probabilities),
    }
    named = np.union1d(classes, predicted)
    occurring = np.array([(classes == each).sum() for each in named])
    by_class = [
        binary_scores.precision_recall_f1(
            int(((classes == each) & (predicted == each)).sum()), int((predicted == each).sum()), int(count)
        )
        for each, count in zip(named, occurring, strict=True)
    ]
    for average, weights in (("macro", None), ("weighted", occurring)):
        for measure, value in zip(
            ("precision", "recall", "f1"), np.average(by_class, axis=0, weights=weights), strict=True
        ):
            values[f"{measure}_{average}"] = float(value)
    return {name: values[name] for name in METRICS}


def log_loss(label: np.ndarray, probabilities: np.ndarray) -> float:
    return binary_scores.mean_log_loss(probabilities[np.arange(label.size), label.astype(np.int64)])


def brier(label: np.ndarray, probabilities: np.ndarray) -> float:
    """Mean over rows of the squared distances of all classes, 0 to 2."""
    came_true = np.zeros_like(probabilities)
    came_true[np.arange(label.size), label.astype(np.int64)] = 1
    return float(np.square(probabilities - came_true).sum(axis=1).mean())


def accuracy(label: np.ndarray, probabilities: np.ndarray) -> float:
    return float((probabilities.argmax(axis=1) == label).mean())


def _one_against_rest(
    measure: Callable[[np.ndarray, np.ndarray], float], classes: np.ndarray, probabilities: np.ndarray
) -> float:
    return float(np.mean([measure(classes == each, probabilities[:, each]) for each in np.unique(classes)]))
