"""Metrics that SageMaker's image measures beyond those of XGBoost, on predicted classes or values.

https://docs.aws.amazon.com/sagemaker/latest/dg/xgboost-tuning.html
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import xgboost as xgb
from sklearn import metrics

from ...toolkit.errors import UserError

Score = Callable[[np.ndarray, np.ndarray], float]
Measure = Callable[[np.ndarray, xgb.DMatrix], list[tuple[str, float]]]


def _averaged(score: Callable[..., float], average: str) -> Score:
    return lambda label, predicted: float(score(label, predicted, average=average, zero_division=0))


OF_CLASSES: dict[str, Score] = {
    "accuracy": metrics.accuracy_score,
    "balanced_accuracy": metrics.balanced_accuracy_score,
    "f1": _averaged(metrics.f1_score, "macro"),
    "f1_binary": _averaged(metrics.f1_score, "binary"),
    "f1_macro": _averaged(metrics.f1_score, "macro"),
    "precision": _averaged(metrics.precision_score, "binary"),
    "precision_macro": _averaged(metrics.precision_score, "macro"),
    "precision_micro": _averaged(metrics.precision_score, "micro"),
    "recall": _averaged(metrics.recall_score, "binary"),
    "recall_macro": _averaged(metrics.recall_score, "macro"),
    "recall_micro": _averaged(metrics.recall_score, "micro"),
}
OF_VALUES: dict[str, Score] = {"mse": metrics.mean_squared_error, "r2": metrics.r2_score}
OF_TWO_CLASSES = ("f1_binary", "precision", "recall")
NAMES = (*OF_CLASSES, *OF_VALUES)
# Of these, and of all in OF_CLASSES, more is better; early stopping asks.
RISING = ("auc", "aucpr", "map", "ndcg", "r2", *OF_CLASSES)


def measure(names: Sequence[str], objective: str) -> Measure:
    """What `xgboost.train` takes as custom_metric. Raises `UserError` for a metric that the objective has
    not."""
    for name in names:
        _require(name, objective)

    def measured(predicted: np.ndarray, data: xgb.DMatrix) -> list[tuple[str, float]]:
        label = data.get_label()
        classes = _classes(predicted, objective)
        return [
            (
                name,
                float(
                    OF_CLASSES[name](label, classes)
                    if name in OF_CLASSES
                    else OF_VALUES[name](label, predicted)
                ),
            )
            for name in names
        ]

    return measured


def _require(name: str, objective: str) -> None:
    binary, multi = objective.startswith("binary:"), objective.startswith("multi:")
    if name in OF_TWO_CLASSES and not binary:
        raise UserError(f"Metric '{name}' needs an objective of two classes, such as binary:logistic")
    if name in OF_CLASSES and not (binary or multi):
        raise UserError(f"Metric '{name}' needs an objective of classes, such as multi:softmax")
    if name in OF_VALUES and multi:
        raise UserError(f"Metric '{name}' needs an objective of values, such as reg:squarederror")


def _classes(predicted: np.ndarray, objective: str) -> np.ndarray:
    """XGBoost gives probabilities, one a class when they are many; classes; or, for binary:logitraw,
    margins."""
    if predicted.ndim > 1:
        return predicted.argmax(axis=1)
    if objective.startswith("multi:"):
        return predicted.astype(int)
    return (predicted > (0.0 if objective == "binary:logitraw" else 0.5)).astype(int)
