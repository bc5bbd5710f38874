"""Gradient-boosted trees by XGBoost."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from checkpoints import Checkpoints
from data import Part
from failures import TrainingFailure
from lean_xgboost import lean_xgboost
from rounds import Rounds
from target import BINARY, MULTICLASS, REGRESSION, Target

xgb = lean_xgboost()

OBJECTIVES = {BINARY: "binary:logistic", MULTICLASS: "multi:softprob", REGRESSION: "reg:squarederror"}
# XGBoost's numbers are of single precision: what lies beyond is taken as the largest.
LARGEST = float(np.finfo(np.float32).max)


class BoostedTrees:
    algorithm = "xgboost"
    file = "xgboost-model"

    def __init__(self, booster: xgb.Booster) -> None:
        self._booster = booster
        self._booster.set_param({"nthread": 1})

    def answers(self, matrix: np.ndarray) -> np.ndarray:
        # Fifty times faster than a DMatrix for a single row, and safe in many threads.
        narrow = np.clip(matrix, -LARGEST, LARGEST)
        return self._booster.inplace_predict(narrow, validate_features=False).astype(np.float64)

    def contributions(self, matrix: np.ndarray) -> np.ndarray:
        """rows × outputs × (features, and the bias)."""
        data = xgb.DMatrix(np.clip(matrix, -LARGEST, LARGEST), nthread=1)
        told = self._booster.predict(data, pred_contribs=True, validate_features=False)
        return told.astype(np.float64).reshape(len(matrix), -1, matrix.shape[1] + 1)

    def to_bytes(self) -> bytes:
        return bytes(self._booster.save_raw(raw_format="ubj"))

    @staticmethod
    def from_bytes(content: bytes) -> BoostedTrees:
        booster = xgb.Booster()
        booster.load_model(bytearray(content))
        return BoostedTrees(booster)


def fit(
    train: Part,
    validation: Part,
    target: Target,
    hyperparameters: Mapping[str, Any],
    metric: str,
    seed: int,
    threads: int,
    checkpoints: Checkpoints | None = None,
) -> BoostedTrees:
    """Histogram trees; the same data, seed and number of threads give the same bytes. Prints a line a round.

    With `checkpoints` it goes on where an interrupted run of the same settings stopped, to the same bytes as
    if it had not been interrupted: at every checkpoint each run goes on from the file.
    """
    settings = dict(hyperparameters)
    most = settings.pop("num_round", 100)
    rounds = Rounds(target, validation, metric, settings.pop("early_stopping_rounds", None))
    if "scale_pos_weight" in settings and target.problem != BINARY:
        raise TrainingFailure(
            f"hyperparameter scale_pos_weight: a {target.problem} problem has no positive class; "
            + ("take it out" if target.problem == REGRESSION else "write train.classWeights instead")
        )
    parameters = {
        "objective": OBJECTIVES[target.problem],
        **({"num_class": len(target.classes)} if target.problem == MULTICLASS else {}),
        "tree_method": "hist",
        "disable_default_eval_metric": True,
        "seed": seed,
        "seed_per_iteration": True,
        "nthread": threads,
        **settings,
    }
    data = _quantized(train, None, settings, threads)
    held = _quantized(validation, data, settings, threads)

    def begun(content: bytes | None) -> xgb.Booster:
        booster = xgb.Booster(parameters, [data, held])
        if content is not None:
            booster.load_model(bytearray(content))
            booster.set_param(parameters)
        return booster

    content = checkpoints.restore(rounds.scores, most) if checkpoints else None
    booster = begun(content)
    while len(rounds.scores) < most and not rounds.over:
        booster.update(data, len(rounds.scores))
        rounds.add(booster.predict(held).astype(np.float64))
        if checkpoints and checkpoints.due(len(rounds.scores), most):
            booster = begun(checkpoints.save(booster.save_raw("ubj"), rounds.scores))
    rounds.tell_of_stopping(most)
    return BoostedTrees(booster if rounds.patience is None else booster[: rounds.best + 1])


def _quantized(part: Part, like: xgb.QuantileDMatrix | None, settings: Mapping[str, Any], threads: int):
    return xgb.QuantileDMatrix(
        np.clip(part.matrix, -LARGEST, LARGEST),
        part.label,
        weight=None if like else part.weight,
        max_bin=settings.get("max_bin", 256),
        ref=like,
        nthread=threads,
    )
