"""Measures of a binary classifier: labels of 0 and 1, both there, and probabilities of 1."""

from __future__ import annotations

import numpy as np

from calibration import calibration_error

METRICS = (
    *("auc", "pr_auc", "log_loss", "brier", "calibration_error"),
    *("accuracy", "precision", "recall", "f1"),
)
EPSILON = float(np.finfo(np.float64).eps)


def score(label: np.ndarray, probability: np.ndarray, threshold: float) -> dict[str, float]:
    """Every measure; a row is predicted positive from `threshold` on."""
    from sklearn import metrics

    predicted = probability >= threshold
    return {
        "auc": auc(label, probability),
        "pr_auc": pr_auc(label, probability),
        "log_loss": log_loss(label, probability),
        "brier": brier(label, probability),
        "calibration_error": calibration_error(label, probability),
        "accuracy": float(metrics.accuracy_score(label, predicted)),
        "precision": float(metrics.precision_score(label, predicted, zero_division=0)),
        "recall": float(metrics.recall_score(label, predicted, zero_division=0)),
        "f1": float(metrics.f1_score(label, predicted, zero_division=0)),
    }


def auc(label: np.ndarray, probability: np.ndarray) -> float:
    from sklearn import metrics

    return float(metrics.roc_auc_score(label, probability))


def pr_auc(label: np.ndarray, probability: np.ndarray) -> float:
    from sklearn import metrics

    return float(metrics.average_precision_score(label, probability))


def log_loss(label: np.ndarray, probability: np.ndarray) -> float:
    return mean_log_loss(np.where(label == 1, probability, 1 - probability))


def mean_log_loss(probability: np.ndarray) -> float:
    """Of the probabilities that what came true was given."""
    return float(-np.log(np.clip(probability, EPSILON, 1 - EPSILON)).mean())


def brier(label: np.ndarray, probability: np.ndarray) -> float:
    return float(np.square(probability - label).mean())
