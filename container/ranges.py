"""What each algorithm's hyperparameters may be: the same as in a plan, src/plan/hyperparameters.ts."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Range:
    least: float
    most: float
    whole: bool = False

    def read(self, text: str) -> float | int | None:
        """The value; None when the text is none in range."""
        try:
            value = float(text)
        except ValueError:
            return None
        if (
            not math.isfinite(value)
            or not self.least <= value <= self.most
            or (self.whole and value != int(value))
        ):
            return None
        return int(value) if self.whole else value

    def __str__(self) -> str:
        return f"a {'whole ' if self.whole else ''}number from {self.least:g} to {self.most:g}"


SEED = Range(0, 2**31 - 1, whole=True)

# A script's hyperparameters are its own business.
RANGES: dict[str, dict[str, Range]] = {
    "xgboost": {
        "num_round": Range(1, 10_000, whole=True),
        "max_depth": Range(1, 20, whole=True),
        "eta": Range(0.0001, 1),
        "min_child_weight": Range(0, 1e6),
        "subsample": Range(0.01, 1),
        "colsample_bytree": Range(0.01, 1),
        "gamma": Range(0, 1e6),
        "lambda": Range(0, 1e6),
        "alpha": Range(0, 1e6),
        "max_bin": Range(2, 65_536, whole=True),
        "scale_pos_weight": Range(0.0001, 1e6),
        "early_stopping_rounds": Range(1, 10_000, whole=True),
    },
    "gradient-boosting": {
        "max_iter": Range(1, 10_000, whole=True),
        "learning_rate": Range(0.0001, 1),
        "max_leaf_nodes": Range(2, 65_536, whole=True),
        "max_depth": Range(1, 100, whole=True),
        "min_samples_leaf": Range(1, 1_000_000, whole=True),
        "l2_regularization": Range(0, 1e6),
        "max_bins": Range(2, 255, whole=True),
        "early_stopping_rounds": Range(1, 10_000, whole=True),
    },
    "logistic-regression": {
        "C": Range(1e-8, 1e8),
        "max_iter": Range(1, 100_000, whole=True),
        "tol": Range(1e-12, 1),
    },
    "linear-regression": {
        "alpha": Range(0, 1e8),
    },
}
