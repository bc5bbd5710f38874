"""The hyperparameters of train.py: what each may be, and reading them from the command line."""

from __future__ import annotations

import difflib
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from failures import TrainingFailure
from scores import HIGHER_IS_BETTER


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

# The same as in a plan: src/plan/hyperparameters.ts.
ALGORITHMS: dict[str, dict[str, Range]] = {
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
    "logistic-regression": {
        "C": Range(1e-8, 1e8),
        "max_iter": Range(1, 100_000, whole=True),
        "tol": Range(1e-12, 1),
    },
}


@dataclass(frozen=True)
class Settings:
    """`label` is None when the transform alone says it; `metric` is what early stopping looks at."""

    algorithm: str
    label: str | None = None
    seed: int = 7
    metric: str = "log_loss"
    own: dict[str, Any] = field(default_factory=dict)


def read_settings(arguments: Sequence[str]) -> Settings:
    """From `--name value` pairs, as SageMaker gives them. Raises `TrainingFailure` naming the wrong one."""
    given = _pairs(arguments)
    algorithm = _choice("algorithm", given.pop("algorithm", None), list(ALGORITHMS))
    metric = _choice("objective_metric", given.pop("objective_metric", "log_loss"), list(HIGHER_IS_BETTER))
    label = given.pop("label", None)
    seed = _number("seed", given.pop("seed", "7"), SEED)
    known = ALGORITHMS[algorithm]
    for name in given:
        if name not in known:
            raise _unknown(name, algorithm, list(known))
    own = {name: _number(name, text, known[name]) for name, text in given.items()}
    return Settings(algorithm, label, seed, metric, own)


def _pairs(arguments: Sequence[str]) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for at in range(0, len(arguments), 2):
        name = arguments[at].lstrip("-")
        if not arguments[at].startswith("-") or at + 1 == len(arguments):
            raise TrainingFailure(f"hyperparameters: expected --name value, found {' '.join(arguments[at:])}")
        pairs[name] = arguments[at + 1]
    return pairs


def _choice(name: str, value: str | None, allowed: list[str]) -> str:
    if value in allowed:
        return value
    found = "is missing" if value is None else f"found {value!r}"
    raise TrainingFailure(f"hyperparameter {name}: {found}; it may be {', '.join(allowed)}")


def _number(name: str, text: str, allowed: Range) -> Any:
    value = allowed.read(text)
    if value is None:
        raise TrainingFailure(f"hyperparameter {name}: found {text!r}; it may be {allowed}")
    return value


def _unknown(name: str, algorithm: str, known: list[str]) -> TrainingFailure:
    near = difflib.get_close_matches(name, known, 1)
    mend = f"did you mean {near[0]}?" if near else f"it takes {', '.join(known)}"
    return TrainingFailure(f"hyperparameter {name}: {algorithm} takes no such hyperparameter; {mend}")
