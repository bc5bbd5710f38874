"""Training by the built-in algorithm: validates everything first, then boosts and leaves `xgboost-model`."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

import xgboost as xgb

from ...toolkit.environment import TUNING_METRIC, TrainingEnvironment
from ...toolkit.errors import ClientError, UserError
from .checkpoints import Checkpoints
from .data import read_channel
from .hyperparameters import validate
from .metrics import NAMES, RISING, measure

MODEL_FILE = "xgboost-model"
# What xgboost says of data or hyperparameters that are the customer's to mend.
CUSTOMER_WORDS = (
    "label must be in [0,1]",
    "num_class",
    "label and prediction size",
    "Invalid",
    "must be",
    "AUC",
)


class PrintRounds(xgb.callback.TrainingCallback):
    """`[0]#011train-logloss:0.6…#011validation-logloss:…`, as CloudWatch shows the log of the algorithm."""

    def __init__(self, first: int) -> None:
        self._first = first

    def after_iteration(self, model: Any, epoch: int, evals_log: Mapping[str, Any]) -> bool:
        scores = [
            f"{part}-{metric}:{values[-1]:.5f}"
            for part, metrics in evals_log.items()
            for metric, values in metrics.items()
        ]
        print("#011".join([f"[{self._first + epoch}]", *scores]), flush=True)
        return False


def run_builtin(environment: TrainingEnvironment) -> None:
    """Raises `ClientError`s."""
    parameters = validate(environment.hyperparameters)
    _measure_objective(parameters, environment.toolkit.get(TUNING_METRIC))
    channels = environment.channels
    if "train" not in channels:
        raise UserError("Missing required channel: train")
    weights = bool(parameters.pop("csv_weights", 0))
    data = {
        name: read_channel(
            name,
            environment.layout.channel(name),
            channels[name].get("ContentType"),
            weights and name == "train",
        )
        for name in ("train", "validation")
        if name in channels
    }
    _require_same_features(data)
    _require_labels(data, parameters.get("objective", ""))
    rounds, patience = parameters.pop("num_round"), parameters.pop("early_stopping_rounds", None)
    for name, matrix in data.items():
        print(
            f"{name.capitalize()} matrix has {matrix.num_row()} rows and {matrix.num_col()} columns",
            flush=True,
        )
    try:
        booster = _boosted(environment, parameters, data, rounds, patience)
    except (xgb.core.XGBoostError, ValueError) as error:
        words = str(error).split("Stack trace:")[0].strip()
        if any(word in words for word in CUSTOMER_WORDS):
            raise UserError(words) from error
        raise ClientError(f"Algorithm Error: XGB train call failed with exception:\n {words}") from error
    target = environment.layout.model / MODEL_FILE
    temporary = target.with_name(f".{MODEL_FILE}.part")
    temporary.write_bytes(bytes(booster.save_raw(raw_format="ubj")))
    os.replace(temporary, target)


def _boosted(
    environment: TrainingEnvironment,
    parameters: dict[str, Any],
    data: Mapping[str, xgb.DMatrix],
    rounds: int,
    patience: int | None,
) -> xgb.Booster:
    checkpoints = Checkpoints(environment.layout)
    begun = checkpoints.last()
    if begun is not None and checkpoints.done >= rounds:
        return begun
    asked = parameters.pop("eval_metric", [])
    own = [name for name in asked if name in NAMES]
    theirs = [name for name in asked if name not in NAMES]
    if theirs:
        parameters["eval_metric"] = theirs
    elif own:
        parameters["disable_default_eval_metric"] = 1
    callbacks: list[xgb.callback.TrainingCallback] = [PrintRounds(checkpoints.done), checkpoints]
    if patience:
        last = asked[-1] if asked else None
        rising = None if last is None else last.split("@")[0] in RISING
        callbacks.append(xgb.callback.EarlyStopping(patience, metric_name=last, maximize=rising))
    return xgb.train(
        parameters, data["train"], rounds - checkpoints.done,
        evals=[(matrix, name) for name, matrix in data.items()],
        custom_metric=measure(own, parameters.get("objective", "")) if own else None,
        callbacks=callbacks, verbose_eval=False, xgb_model=begun,
    )  # fmt: skip


def _measure_objective(parameters: dict[str, Any], metric: str | None) -> None:
    """A tuning job's objective, such as validation:auc, is measured whether or not eval_metric has it."""
    name = (metric or "").partition(":")[2]
    measured = parameters.get("eval_metric", [])
    if name and name not in measured:
        # Early stopping looks at the last one.
        parameters["eval_metric"] = [*measured, name]


def _require_same_features(data: Mapping[str, xgb.DMatrix]) -> None:
    train, validation = data["train"], data.get("validation")
    if validation is not None and validation.num_col() > train.num_col():
        raise UserError(
            f"The validation channel has {validation.num_col()} features, the train channel "
            f"{train.num_col()}: both must have the same columns"
        )


def _require_labels(data: Mapping[str, xgb.DMatrix], objective: str) -> None:
    if objective not in ("binary:logistic", "binary:logitraw", "reg:logistic"):
        return
    for name, matrix in data.items():
        label = matrix.get_label()
        wrong = label[(label < 0) | (label > 1)]
        if wrong.size:
            raise UserError(
                f"label must be in [0,1] for logistic regression: the {name} channel has {wrong[0]:g}"
            )
