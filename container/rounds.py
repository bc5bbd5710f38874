"""The rounds of a boosted model: each is measured on the validation part and told; the best may end them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

import binary_scores
import multiclass_scores
import regression_scores
from data import Part
from scores import higher_is_better, log_line
from target import BINARY, MULTICLASS, REGRESSION, Target

Measure = Callable[[np.ndarray, np.ndarray], float]

# What is cheap enough for every round and asks for no threshold.
_MEASURES: dict[str, dict[str, Measure]] = {
    BINARY: {
        "log_loss": binary_scores.log_loss,
        "auc": binary_scores.auc,
        "pr_auc": binary_scores.pr_auc,
        "brier": binary_scores.brier,
    },
    MULTICLASS: {
        "log_loss": multiclass_scores.log_loss,
        "brier": multiclass_scores.brier,
        "accuracy": multiclass_scores.accuracy,
    },
    REGRESSION: {
        "rmse": regression_scores.rmse,
        "mae": regression_scores.mae,
        "r2": regression_scores.r2,
    },
}


@dataclass
class Rounds:
    """Takes the validation part's answers of every round, in order, from 0.

    Watched is `metric` where it is among the cheap ones, else the problem's first. `patience` rounds without
    a better one end it; None never does. `every` says which lines are printed.
    """

    target: Target
    held: Part
    metric: str
    patience: int | None
    every: int = 1
    scores: list[float] = field(default_factory=list)

    @property
    def watched(self) -> str:
        measures = _MEASURES[self.target.problem]
        return self.metric if self.metric in measures else next(iter(measures))

    @property
    def best(self) -> int:
        """The number of the best round, the first of several."""
        scores = np.array(self.scores)
        return int(scores.argmax() if higher_is_better(self.watched) else scores.argmin())

    @property
    def over(self) -> bool:
        if self.patience is None or not self.scores:
            return False
        return len(self.scores) - 1 - self.best >= self.patience

    def add(self, answers: np.ndarray) -> None:
        measures = _MEASURES[self.target.problem]
        names = dict.fromkeys([self.watched, next(iter(measures))])
        values = {name: measures[name](self.held.label, answers) for name in names}
        if len(self.scores) % self.every == 0:
            print(log_line(str(len(self.scores)), values), flush=True)
        self.scores.append(values[self.watched])

    def tell_of_stopping(self, most: int) -> None:
        if self.patience is not None:
            kept = f"kept {self.best + 1} of at most {most} rounds"
            print(f"early stopping on validation {self.watched}: {kept}", flush=True)
