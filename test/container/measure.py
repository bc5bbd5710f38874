"""Measures predictions by scikit-learn alone, a line {"problem", "classes", "labels", "predictions"} → a line of metrics."""

from __future__ import annotations

import json
import sys
from typing import Any

import numpy as np
from sklearn import calibration, metrics


def main() -> None:
    for line in sys.stdin:
        given = json.loads(line)
        label = np.array(given["labels"])
        measure = {"binary": binary, "multiclass": multiclass, "regression": regression}[given["problem"]]
        print(json.dumps(measure(label, given["predictions"], given.get("classes"))), flush=True)


def binary(label: np.ndarray, predictions: list[Any], _: Any) -> dict[str, float]:
    probability = np.array([each["probability"] for each in predictions])
    predicted = np.array([each["label"] for each in predictions])
    return {
        "auc": metrics.roc_auc_score(label, probability),
        "pr_auc": metrics.average_precision_score(label, probability),
        "log_loss": metrics.log_loss(label, probability),
        "brier": metrics.brier_score_loss(label, probability),
        "calibration_error": calibration_error(label, probability),
        "accuracy": metrics.accuracy_score(label, predicted),
        "precision": metrics.precision_score(label, predicted),
        "recall": metrics.recall_score(label, predicted),
        "f1": metrics.f1_score(label, predicted),
    }


def multiclass(label: np.ndarray, predictions: list[Any], classes: list[str]) -> dict[str, float]:
    probabilities = np.array([[each["probabilities"][name] for name in classes] for each in predictions])
    predicted = np.array([classes.index(each["label"]) for each in predictions])
    came_true = np.eye(len(classes))[label.astype(int)]
    top = np.array([each["probability"] for each in predictions])
    measured = {
        "auc": metrics.roc_auc_score(label, probabilities, multi_class="ovr", average="macro"),
        "pr_auc": metrics.average_precision_score(came_true, probabilities, average="macro"),
        "log_loss": metrics.log_loss(label, probabilities),
        "brier": metrics.brier_score_loss(label, probabilities, scale_by_half=False),
        "calibration_error": calibration_error((predicted == label).astype(float), top),
        "accuracy": metrics.accuracy_score(label, predicted),
    }
    for average in ("macro", "weighted"):
        measured[f"precision_{average}"] = metrics.precision_score(label, predicted, average=average)
        measured[f"recall_{average}"] = metrics.recall_score(label, predicted, average=average)
        measured[f"f1_{average}"] = metrics.f1_score(label, predicted, average=average)
    return measured


def regression(label: np.ndarray, predictions: list[Any], _: Any) -> dict[str, float]:
    value = np.array([each["value"] for each in predictions])
    return {
        "rmse": metrics.root_mean_squared_error(label, value),
        "mae": metrics.mean_absolute_error(label, value),
        "r2": metrics.r2_score(label, value),
        "absolute_error_p50": metrics.median_absolute_error(label, value),
        "absolute_error_p90": float(np.percentile(np.abs(label - value), 90, method="linear")),
    }


def calibration_error(label: np.ndarray, probability: np.ndarray) -> float:
    # scikit-learn's bins are [lo, hi): mirrored, they are (lo, hi].
    share, mean = calibration.calibration_curve(1 - label, 1 - probability, n_bins=10)
    rows = np.histogram(1 - probability, bins=np.linspace(0, 1, 11))[0]
    return float(np.sum(np.abs(share - mean) * rows[rows > 0]) / len(label))


if __name__ == "__main__":
    main()
