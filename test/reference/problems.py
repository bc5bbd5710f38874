"""Reference values of the measures of multiclass and regression problems, by scikit-learn and numpy.

    .venv/bin/python test/reference/problems.py          # writes problems.json beside this file
    .venv/bin/python test/reference/problems.py --check  # compares with what is kept; exit code 1 when they differ
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
from kept import run
from measures import calibration_error
from sklearn import metrics

CLASSES = ["drizzle", "fog", "rain", "sun"]


def multiclass(labels: np.ndarray, probabilities: np.ndarray, weights: np.ndarray | None) -> dict[str, float]:
    """Every measure, of single classes too; with weights, of the rows each repeated so often."""
    if weights is not None:
        labels, probabilities = np.repeat(labels, weights), np.repeat(probabilities, weights, axis=0)
    predicted = probabilities.argmax(axis=1)
    width = probabilities.shape[1]
    truth = np.eye(width)[labels]
    there = [k for k in range(width) if 0 < (labels == k).sum() < len(labels)]
    confidence = probabilities[np.arange(len(labels)), predicted]
    found = {
        "auc": np.mean([metrics.roc_auc_score(truth[:, k], probabilities[:, k]) for k in there]),
        "pr_auc": np.mean([metrics.average_precision_score(truth[:, k], probabilities[:, k]) for k in there]),
        "log_loss": metrics.log_loss(labels, probabilities, labels=list(range(width))),
        "brier": np.mean(np.sum((probabilities - truth) ** 2, axis=1)),
        "calibration_error": calibration_error((predicted == labels).astype(int), confidence),
        "accuracy": metrics.accuracy_score(labels, predicted),
    }
    for average in ("macro", "weighted"):
        scores = metrics.precision_recall_fscore_support(labels, predicted, average=average, zero_division=0)
        found |= dict(zip((f"precision_{average}", f"recall_{average}", f"f1_{average}"), scores[:3]))
    for k, name in enumerate(CLASSES):
        own, said = labels == k, predicted == k
        if k in there:
            found[f"auc[{name}]"] = metrics.roc_auc_score(own, probabilities[:, k])
            found[f"pr_auc[{name}]"] = metrics.average_precision_score(own, probabilities[:, k])
        if said.any():
            found[f"precision[{name}]"] = metrics.precision_score(own, said)
        if own.any():
            found[f"recall[{name}]"] = metrics.recall_score(own, said)
        if own.any() or said.any():
            found[f"f1[{name}]"] = metrics.f1_score(own, said)
    return found


def multiclass_cases(random: np.random.Generator) -> list[dict[str, Any]]:
    """Four classes: of good and of bad predictions, with ties, with a class that never occurs."""
    rows = 200
    shapes = {
        "good": random.dirichlet([0.4] * 4, rows),
        "tied": np.round(random.dirichlet([1.0] * 4, rows) * 4) / 4,
        "absent": random.dirichlet([2.0, 0.3, 1.0, 0.5], rows),
    }
    cases = []
    for name, probabilities in shapes.items():
        probabilities = probabilities + 1e-3
        probabilities /= probabilities.sum(axis=1, keepdims=True)
        labels = np.array([random.choice(4, p=p) for p in 0.7 * probabilities + 0.3 / 4])
        if name == "absent":
            labels = np.where(labels == 1, 2, labels)
        weights = random.multinomial(rows, np.full(rows, 1 / rows))
        cases.append(
            {
                "name": name,
                "classes": CLASSES,
                "labels": labels.tolist(),
                "probabilities": probabilities.tolist(),
                "weights": weights.tolist(),
                "measures": multiclass(labels, probabilities, None),
                "weighted": multiclass(labels, probabilities, weights),
            }
        )
    return cases


def regression(labels: np.ndarray, predictions: np.ndarray, weights: np.ndarray | None) -> dict[str, float]:
    if weights is not None:
        labels, predictions = np.repeat(labels, weights), np.repeat(predictions, weights)
    errors = np.abs(labels - predictions)
    return {
        "rmse": metrics.root_mean_squared_error(labels, predictions),
        "mae": metrics.mean_absolute_error(labels, predictions),
        "r2": metrics.r2_score(labels, predictions),
        "absolute_error_p50": np.quantile(errors, 0.5),
        "absolute_error_p90": np.quantile(errors, 0.9),
    }


def regression_cases(random: np.random.Generator) -> list[dict[str, Any]]:
    """Smooth errors, tied ones, and labels far from zero, whose squares would cancel."""
    rows = 150
    truth = random.gamma(2, 3, rows)
    shapes = {
        "smooth": (truth, truth + random.normal(0, 1, rows)),
        "tied": (np.round(truth), np.round(truth + random.normal(0, 2, rows))),
        "far": (1e6 + truth, 1e6 + truth + random.normal(0, 1, rows)),
    }
    cases = []
    for name, (labels, predictions) in shapes.items():
        weights = random.multinomial(rows, np.full(rows, 1 / rows))
        cases.append(
            {
                "name": name,
                "labels": labels.tolist(),
                "predictions": predictions.tolist(),
                "weights": weights.tolist(),
                "measures": regression(labels, predictions, None),
                "weighted": regression(labels, predictions, weights),
            }
        )
    return cases


def main(arguments: list[str]) -> int:
    random = np.random.default_rng(20261124)
    values = {"multiclass": multiclass_cases(random), "regression": regression_cases(random)}
    return run(Path(__file__).with_name("problems.json"), values, arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
