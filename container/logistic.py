"""Logistic regression by scikit-learn, of two classes or several; kept as plain numbers, never pickled."""

from __future__ import annotations

import json
import warnings
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from data import Part
from links import sigmoid, softmax
from standard import Standard


@dataclass(frozen=True)
class LogisticModel:
    """`weights` rows × features and `intercepts`: one row, of the positive label, or one a class."""

    standard: Standard
    weights: list[list[float]]
    intercepts: list[float]

    algorithm = "logistic-regression"
    file = "logistic-regression.json"

    def answers(self, matrix: np.ndarray) -> np.ndarray:
        scores = self.standard(matrix) @ np.array(self.weights).T + np.array(self.intercepts)
        return sigmoid(scores[:, 0]) if len(self.intercepts) == 1 else softmax(scores)

    def contributions(self, matrix: np.ndarray) -> np.ndarray:
        """rows × outputs × (features, and the bias)."""
        each = self.standard(matrix)[:, None, :] * np.array(self.weights)
        bias = np.broadcast_to(np.array(self.intercepts)[:, None], (*each.shape[:2], 1))
        return np.concatenate([each, bias], axis=2)

    def to_bytes(self) -> bytes:
        return json.dumps(asdict(self), indent=2).encode()

    @staticmethod
    def from_bytes(content: bytes) -> LogisticModel:
        kept = json.loads(content)
        return LogisticModel(Standard(**kept["standard"]), kept["weights"], kept["intercepts"])


def fit(train: Part, hyperparameters: Mapping[str, Any], seed: int) -> LogisticModel:
    """Standardized features, then lbfgs (multinomial for several classes); tells when it did not converge."""
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression

    standard = Standard.of(train.matrix, train.weight)
    model = LogisticRegression(random_state=seed, **{"max_iter": 1000, **hyperparameters})
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", ConvergenceWarning)
        model.fit(standard(train.matrix), train.label, sample_weight=train.weight)
    if any(issubclass(each.category, ConvergenceWarning) for each in caught):
        print(
            f"logistic-regression did not converge in {model.max_iter} iterations: raise max_iter", flush=True
        )
    return LogisticModel(standard, model.coef_.tolist(), model.intercept_.tolist())
