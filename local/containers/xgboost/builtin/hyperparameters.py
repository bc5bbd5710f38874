"""Hyperparameters of the built-in algorithm, validated and refused as AWS does.

https://docs.aws.amazon.com/sagemaker/latest/dg/xgboost_hyperparameters.html
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ...toolkit.errors import UserError


@dataclass(frozen=True)
class Interval:
    least: float = -math.inf
    most: float = math.inf
    open_least: bool = False

    def __contains__(self, value: float) -> bool:
        return (value > self.least if self.open_least else value >= self.least) and value <= self.most

    def __str__(self) -> str:
        low = f"{'(' if self.open_least else '['}{self.least:g}" if math.isfinite(self.least) else "(-inf"
        return f"{low}, {f'{self.most:g}]' if math.isfinite(self.most) else '+inf)'}"


@dataclass(frozen=True)
class Hyperparameter:
    read: Callable[[str], Any]
    allowed: Any = None


def _categories(*values: str) -> Hyperparameter:
    return Hyperparameter(str, list(values))


def _list(text: str) -> list[str]:
    return [part.strip() for part in text.split(",")]


_SHARE = Hyperparameter(float, Interval(0, 1))
_OPEN_SHARE = Hyperparameter(float, Interval(0, 1, open_least=True))
_NOT_NEGATIVE = Hyperparameter(float, Interval(0))
_COUNT = Hyperparameter(int, Interval(0))
_POSITIVE = Hyperparameter(int, Interval(1))

HYPERPARAMETERS: dict[str, Hyperparameter] = {
    "num_round": _POSITIVE,
    "early_stopping_rounds": _POSITIVE,
    "csv_weights": Hyperparameter(int, Interval(0, 1)),
    "booster": _categories("gbtree", "gblinear", "dart"),
    "verbosity": Hyperparameter(int, Interval(0, 3)),
    "nthread": _POSITIVE,
    "eta": _SHARE,
    "gamma": _NOT_NEGATIVE,
    "max_depth": _COUNT,
    "min_child_weight": _NOT_NEGATIVE,
    "max_delta_step": _NOT_NEGATIVE,
    "subsample": _OPEN_SHARE,
    "colsample_bytree": _OPEN_SHARE,
    "colsample_bylevel": _OPEN_SHARE,
    "colsample_bynode": _OPEN_SHARE,
    "lambda": _NOT_NEGATIVE,
    "alpha": _NOT_NEGATIVE,
    "tree_method": _categories("auto", "exact", "approx", "hist"),
    "scale_pos_weight": Hyperparameter(float, Interval(0, open_least=True)),
    "grow_policy": _categories("depthwise", "lossguide"),
    "max_leaves": _COUNT,
    "max_bin": _COUNT,
    "num_class": Hyperparameter(int, Interval(2)),
    "base_score": _NOT_NEGATIVE,
    "seed": Hyperparameter(int, Interval(-(2**31), 2**31 - 1)),
    "num_parallel_tree": _POSITIVE,
    "tweedie_variance_power": Hyperparameter(float, Interval(1, 2)),
    "objective": _categories(
        *("binary:logistic", "binary:logitraw", "binary:hinge"),
        *("multi:softmax", "multi:softprob"),
        *("rank:pairwise", "rank:ndcg", "rank:map"),
        *("reg:squarederror", "reg:squaredlogerror", "reg:absoluteerror", "reg:pseudohubererror"),
        *("reg:logistic", "reg:gamma", "reg:tweedie", "count:poisson"),
    ),
    "eval_metric": Hyperparameter(
        _list,
        "rmse rmsle mae mape mphe logloss error merror mlogloss auc aucpr ndcg map poisson-nloglik "
        "gamma-nloglik gamma-deviance tweedie-nloglik "
        "accuracy balanced_accuracy f1 f1_binary f1_macro precision precision_macro precision_micro "
        "recall recall_macro recall_micro mse r2".split(),
    ),
}


def validate(given: Mapping[str, Any]) -> dict[str, Any]:
    """Converted hyperparameters. Raises `UserError` naming the wrong one."""
    if "num_round" not in given:
        raise UserError("Missing required hyperparameter: num_round")
    values = {name: _value(name, str(text)) for name, text in given.items()}
    if str(values.get("objective", "")).startswith("multi:") and "num_class" not in values:
        raise UserError("Require input for parameter 'num_class' for multi-classification")
    return values


def _value(name: str, text: str) -> Any:
    hyperparameter = HYPERPARAMETERS.get(name)
    if hyperparameter is None:
        raise UserError(f"Extraneous hyperparameter found: {name}")
    try:
        value = hyperparameter.read(text)
    except ValueError:
        kind = "an integer" if hyperparameter.read is int else "a number"
        raise UserError(f"Hyperparameter {name}: could not parse value {text!r} as {kind}") from None
    allowed = hyperparameter.allowed
    for part in value if isinstance(value, list) else [value]:
        # `error@0.7` is the metric `error` at a threshold.
        shown = part.split("@")[0] if isinstance(part, str) else part
        if allowed is not None and shown not in allowed:
            raise UserError(f"Hyperparameter {name}: {part} is not in {allowed}")
    return value
