"""Linear regression with a ridge penalty by scikit-learn; kept as plain numbers, never pickled."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from data import Part
from standard import Standard


@dataclass(frozen=True)
class LinearModel:
    """intercept + Σ weight · standardized feature."""

    standard: Standard
    weights: list[float]
    intercept: float

    algorithm = "linear-regression"
    file = "linear-regression.json"

    def answers(self, matrix: np.ndarray) -> np.ndarray:
        return self.standard(matrix) @ np.array(self.weights) + self.intercept

    def contributions(self, matrix: np.ndarray) -> np.ndarray:
        """rows × 1 × (features, and the bias)."""
        each = self.standard(matrix) * np.array(self.weights)
        return np.column_stack([each, np.full(len(matrix), self.intercept)])[:, None, :]

    def to_bytes(self) -> bytes:
        return json.dumps(asdict(self), indent=2).encode()

    @staticmethod
    def from_bytes(content: bytes) -> LinearModel:
        kept = json.loads(content)
        return LinearModel(Standard(**kept["standard"]), kept["weights"], kept["intercept"])


def fit(train: Part, hyperparameters: Mapping[str, Any]) -> LinearModel:
    """Least squares plus `alpha` times the squared weights of the standardized features."""
    from sklearn.linear_model import Ridge

    alpha = hyperparameters.get("alpha", 1.0)
    standard = Standard.of(train.matrix, train.weight)
    # Without a penalty only the decomposition copes with features that say the same.
    model = Ridge(alpha=alpha, solver="cholesky" if alpha > 0 else "svd")
    model.fit(standard(train.matrix), train.label, sample_weight=train.weight)
    return LinearModel(standard, model.coef_.tolist(), float(model.intercept_))
