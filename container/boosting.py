"""Gradient-boosted trees by XGBoost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import xgboost as xgb

from data import Part
from scores import HIGHER_IS_BETTER, log_line

# XGBoost's names of the metrics that it measures every round.
ROUND_METRICS = {"auc": "auc", "log_loss": "logloss", "pr_auc": "aucpr"}


class BoostedTrees:
    algorithm = "xgboost"
    file = "xgboost-model"

    def __init__(self, booster: xgb.Booster) -> None:
        self._booster = booster
        self._booster.set_param({"nthread": 1})

    def probabilities(self, matrix: np.ndarray) -> np.ndarray:
        # Fifty times faster than a DMatrix for a single row, and safe in many threads.
        return self._booster.inplace_predict(matrix, validate_features=False).astype(np.float64)

    def to_bytes(self) -> bytes:
        return bytes(self._booster.save_raw(raw_format="ubj"))

    @staticmethod
    def from_bytes(content: bytes) -> BoostedTrees:
        booster = xgb.Booster()
        booster.load_model(bytearray(content))
        return BoostedTrees(booster)


def fit(
    train: Part, validation: Part, hyperparameters: Mapping[str, Any], metric: str, seed: int, threads: int
) -> BoostedTrees:
    """Histogram trees; the same data, seed and number of threads give the same bytes. Prints a line a round.

    A round is measured on the validation part, by log_loss and by `metric` where XGBoost knows it: measures
    that sort all rows of both parts each round would cost many times the trees. Early stopping looks at
    `metric`, else at log_loss.
    """
    settings = dict(hyperparameters)
    rounds = settings.pop("num_round", 100)
    patience = settings.pop("early_stopping_rounds", None)
    watched = metric if metric in ROUND_METRICS else "log_loss"
    measured = list(dict.fromkeys([watched, "log_loss"]))
    parameters = {
        "objective": "binary:logistic",
        "tree_method": "hist",
        "eval_metric": [ROUND_METRICS[name] for name in measured],
        "seed": seed,
        "nthread": threads,
        **settings,
    }
    data = xgb.QuantileDMatrix(
        train.matrix, train.label, max_bin=settings.get("max_bin", 256), nthread=threads
    )
    held = xgb.QuantileDMatrix(validation.matrix, validation.label, ref=data, nthread=threads)
    callbacks: list[xgb.callback.TrainingCallback] = [_PrintRounds(measured)]
    if patience:
        callbacks.append(
            xgb.callback.EarlyStopping(
                patience,
                ROUND_METRICS[watched],
                "validation",
                maximize=HIGHER_IS_BETTER[watched],
                save_best=True,
            )
        )
    booster = xgb.train(
        parameters,
        data,
        rounds,
        evals=[(held, "validation")],
        callbacks=callbacks,
        verbose_eval=False,
    )
    _tell_of_stopping(booster, patience, watched, rounds)
    return BoostedTrees(_without_history(booster))


def _tell_of_stopping(booster: xgb.Booster, patience: int | None, watched: str, rounds: int) -> None:
    if patience:
        kept = booster.best_iteration + 1
        print(f"early stopping on validation {watched}: kept {kept} of at most {rounds} rounds", flush=True)


def _without_history(booster: xgb.Booster) -> xgb.Booster:
    """A model is its trees: scores in its attributes would only make equal models differ."""
    booster.set_attr(best_iteration=None, best_score=None)
    return booster


class _PrintRounds(xgb.callback.TrainingCallback):
    def __init__(self, measured: Sequence[str]) -> None:
        self._measured = measured

    def after_iteration(self, model: Any, epoch: int, evals_log: Mapping[str, Any]) -> bool:
        rounds = evals_log["validation"]
        scores = {("validation", name): rounds[ROUND_METRICS[name]][-1] for name in self._measured}
        print(log_line(str(epoch), scores), flush=True)
        return False
