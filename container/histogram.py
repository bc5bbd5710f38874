"""Gradient boosting by scikit-learn's histograms; kept as numbers that XGBoost's predictor answers from.

scikit-learn's own form of such a model is a pickle of its private classes, and takes milliseconds a row.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

import numpy as np

from binned_trees import booster_of, numbered
from data import Part
from failures import TrainingFailure
from lean_xgboost import lean_xgboost
from links import sigmoid, softmax
from rounds import Rounds
from target import BINARY, REGRESSION, Target

xgb = lean_xgboost()

# Single precision in sums of trees, against scikit-learn's double.
AGREEMENT = 1e-4
LINES_EVERY = 10


class HistogramTrees:
    """`start` is what is answered before any tree, one a class or one in all; `bins` are each feature's upper
    edges. Trees tell numbers of bins apart: a value lies in the first bin whose edge it does not exceed."""

    algorithm = "gradient-boosting"
    file = "gradient-boosting.json"

    def __init__(
        self, problem: str, start: list[float], bins: list[list[float]], trees: list[dict[str, Any]]
    ) -> None:
        self._kept = {"problem": problem, "start": start, "bins": bins, "trees": trees}
        self._problem = problem
        self._start = np.array(start)
        self._edges = [np.array(each) for each in bins]
        self._booster = booster_of(trees, len(start), len(bins))

    def answers(self, matrix: np.ndarray) -> np.ndarray:
        binned = self._binned(matrix)
        summed = self._booster.inplace_predict(binned, predict_type="margin", validate_features=False)
        scores = summed.astype(np.float64).reshape(len(matrix), -1) + self._start
        if self._problem == REGRESSION:
            return scores[:, 0]
        return sigmoid(scores[:, 0]) if self._problem == BINARY else softmax(scores)

    def contributions(self, matrix: np.ndarray) -> np.ndarray | None:
        """rows × outputs × (features, and the bias); none where it was not kept how many rows came by each node."""
        if any("rows" not in tree for tree in self._kept["trees"]):
            return None
        data = xgb.DMatrix(self._binned(matrix), nthread=1)
        told = self._booster.predict(data, pred_contribs=True, validate_features=False)
        told = told.astype(np.float64).reshape(len(matrix), -1, matrix.shape[1] + 1)
        told[:, :, -1] += self._start
        return told

    def _binned(self, matrix: np.ndarray) -> np.ndarray:
        binned = np.empty(matrix.shape, dtype=np.float32)
        for at, edges in enumerate(self._edges):
            binned[:, at] = np.searchsorted(edges, matrix[:, at], side="left")
        binned[np.isnan(matrix)] = np.nan
        return binned

    def to_bytes(self) -> bytes:
        return json.dumps(self._kept, separators=(",", ":")).encode()

    @staticmethod
    def from_bytes(content: bytes) -> HistogramTrees:
        return HistogramTrees(**json.loads(content))


def fit(
    train: Part, validation: Part, target: Target, hyperparameters: Mapping[str, Any], metric: str, seed: int
) -> HistogramTrees:
    """The same data and seed give the same numbers. Prints a line every ten rounds.

    Early stopping looks at our validation part: rounds are fitted in growing blocks, each then measured.
    """
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

    settings = dict(hyperparameters)
    most = settings.pop("max_iter", 100)
    rounds = Rounds(target, validation, metric, settings.pop("early_stopping_rounds", None), LINES_EVERY)
    kind = HistGradientBoostingRegressor if target.problem == REGRESSION else HistGradientBoostingClassifier
    model = kind(early_stopping=False, warm_start=True, random_state=seed, **settings)
    matrix = _with_values(train.matrix)
    for done in _blocks(most, rounds.patience):
        model.set_params(max_iter=done)
        model.fit(matrix, train.label, sample_weight=train.weight)
        for answers in islice(_staged(model, target, validation.matrix), len(rounds.scores), None):
            rounds.add(answers)
            if rounds.over:
                break
        if rounds.over:
            break
    rounds.tell_of_stopping(most)
    kept = most if rounds.patience is None else rounds.best + 1
    trees = _converted(model, target, kept)
    _require_agreement(trees, model, target, validation.matrix, kept)
    return trees


def _with_values(matrix: np.ndarray) -> np.ndarray:
    """scikit-learn bins no feature without a value: it is 0 throughout, so that no tree splits by it."""
    valueless = np.isnan(matrix).all(axis=0)
    return np.where(valueless, 0.0, matrix) if valueless.any() else matrix


def _blocks(most: int, patience: int | None) -> Iterator[int]:
    """Up to which round to fit next; all at once when nothing can stop it."""
    done = most if patience is None else min(most, max(10, patience))
    while True:
        yield done
        if done == most:
            return
        done = min(most, done + max(10, done // 2))


def _staged(model: Any, target: Target, matrix: np.ndarray) -> Iterator[np.ndarray]:
    if target.problem == REGRESSION:
        return model.staged_predict(matrix)
    staged = model.staged_predict_proba(matrix)
    return (each[:, 1] for each in staged) if target.problem == BINARY else staged


def _converted(model: Any, target: Target, rounds: int) -> HistogramTrees:
    return HistogramTrees(
        target.problem,
        np.ravel(model._baseline_prediction).tolist(),
        [edges.tolist() for edges in model._bin_mapper.bin_thresholds_],
        [numbered(tree.nodes) for each in model._predictors[:rounds] for tree in each],
    )


def _require_agreement(
    trees: HistogramTrees, model: Any, target: Target, matrix: np.ndarray, rounds: int
) -> None:
    """scikit-learn's model is read from where no promise holds it: a version that moved it must not pass."""
    few = matrix[:200]
    expected = next(islice(_staged(model, target, few), rounds - 1, None))
    apart = np.abs(trees.answers(few) - expected).max()
    # Not written as "greater": nothing compares with NaN.
    if not apart <= AGREEMENT * max(np.abs(expected).max(), np.finfo(np.float64).tiny):
        import sklearn

        raise TrainingFailure(
            f"gradient-boosting: the model of scikit-learn {sklearn.__version__} cannot be read; "
            "pin the version that docs/algorithms.md names in your requirements.txt"
        )
