"""Logistic regression by scikit-learn; kept as plain numbers, never pickled."""

from __future__ import annotations

import json
import warnings
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from data import Part


@dataclass(frozen=True)
class LogisticModel:
    """1 / (1 + exp(-(intercept + Σ weight · (value − center) / scale))); missing is taken as `fill`."""

    fill: list[float]
    center: list[float]
    scale: list[float]
    weights: list[float]
    intercept: float

    algorithm = "logistic-regression"
    file = "logistic-regression.json"

    def probabilities(self, matrix: np.ndarray) -> np.ndarray:
        filled = np.where(np.isnan(matrix), np.array(self.fill), matrix)
        score = ((filled - np.array(self.center)) / np.array(self.scale)) @ np.array(
            self.weights
        ) + self.intercept
        # Of -|score|, which cannot overflow.
        small = np.exp(-np.abs(score))
        return np.where(score >= 0, 1 / (1 + small), small / (1 + small))

    def to_bytes(self) -> bytes:
        return json.dumps(asdict(self), indent=2).encode()

    @staticmethod
    def from_bytes(content: bytes) -> LogisticModel:
        return LogisticModel(**json.loads(content))


def fit(train: Part, hyperparameters: Mapping[str, Any], seed: int) -> LogisticModel:
    """Medians, means, deviations of the training part, then lbfgs; tells when it did not converge."""
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # a column without any value
        fill = np.nan_to_num(np.nanmedian(train.matrix, axis=0))
    filled = np.where(np.isnan(train.matrix), fill, train.matrix)
    center = filled.mean(axis=0)
    deviation = filled.std(axis=0)
    scale = np.where(deviation > 0, deviation, 1.0)
    model = LogisticRegression(random_state=seed, **{"max_iter": 1000, **hyperparameters})
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", ConvergenceWarning)
        model.fit((filled - center) / scale, train.label)
    if any(issubclass(each.category, ConvergenceWarning) for each in caught):
        print(
            f"logistic-regression did not converge in {model.max_iter} iterations: raise max_iter", flush=True
        )
    return LogisticModel(
        fill.tolist(), center.tolist(), scale.tolist(), model.coef_[0].tolist(), float(model.intercept_[0])
    )
