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
    predicted = probability >= threshold
    right = int((predicted & (label == 1)).sum())
    precision, recall, f1 = precision_recall_f1(right, int(predicted.sum()), int((label == 1).sum()))
    return {
        "auc": auc(label, probability),
        "pr_auc": pr_auc(label, probability),
        "log_loss": log_loss(label, probability),
        "brier": brier(label, probability),
        "calibration_error": calibration_error(label, probability),
        "accuracy": float((predicted == (label == 1)).mean()),
        "precision": precision,
        "recall": recall,
        "f1": f1,
    }


def auc(label: np.ndarray, probability: np.ndarray) -> float:
    """The area under the ROC curve: how often a positive has more than a negative; a tie counts a half."""
    hits, rows = _from_the_likeliest(label, probability)
    misses = rows - hits
    area = (np.diff(misses) * (hits[1:] + hits[:-1])).sum() / 2
    return float(area / (hits[-1] * misses[-1]))


def pr_auc(label: np.ndarray, probability: np.ndarray) -> float:
    """Average precision: the mean of the precisions at which each further positive is found."""
    hits, rows = _from_the_likeliest(label, probability)
    return float((np.diff(hits) * (hits[1:] / rows[1:])).sum() / hits[-1])


def precision_recall_f1(right: int, predicted: int, occurring: int) -> tuple[float, float, float]:
    """Of one class, by its numbers of rows; 0 where there is nothing to divide by."""
    both = predicted + occurring
    return (
        right / predicted if predicted else 0.0,
        right / occurring if occurring else 0.0,
        2 * right / both if both else 0.0,
    )


def _from_the_likeliest(label: np.ndarray, probability: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Positives and rows down to each distinct probability, from the highest on; both begin with 0."""
    order = np.argsort(-probability, kind="stable")
    last = np.append(np.flatnonzero(np.diff(probability[order])), label.size - 1)
    hits = np.cumsum(label[order] == 1)[last]
    return np.append(0, hits), np.append(0, last + 1)


def log_loss(label: np.ndarray, probability: np.ndarray) -> float:
    return mean_log_loss(np.where(label == 1, probability, 1 - probability))


def mean_log_loss(probability: np.ndarray) -> float:
    """Of the probabilities that what came true was given."""
    return float(-np.log(np.clip(probability, EPSILON, 1 - EPSILON)).mean())


def brier(label: np.ndarray, probability: np.ndarray) -> float:
    return float(np.square(probability - label).mean())
