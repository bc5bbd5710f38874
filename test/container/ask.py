"""Asks the container's pure functions: a JSON list of [function, arguments…] on stdin, their answers on stdout.

A `TrainingFailure` is answered as {"failure": text}. Wants container/ on PYTHONPATH.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import numpy as np
from failures import TrainingFailure
from importance import permutation_importance
from multiclass_scores import score as multiclass_score
from ranges import RANGES
from regression_scores import score as regression_score
from scores import METRICS_OF
from target import Target
from thresholds import choose, read_rule
from weights import read_class_weights, weigh


def threshold(rule: str, label: list[int], probability: list[float]) -> float:
    return choose(read_rule(rule), np.array(label, float), np.array(probability))


def weights(rule: str, classes: list[str], label: list[int], own: list[float] | None) -> list[float]:
    target = Target("multiclass", "y", tuple(classes)) if classes else Target("binary", "y")
    labels = np.array(label, float)
    given = weigh(read_class_weights(rule), target, labels, labels, None if own is None else np.array(own))
    assert given is not None
    return given.tolist()


def multiclass(label: list[int], probabilities: list[list[float]]) -> dict[str, float]:
    return multiclass_score(np.array(label, float), np.array(probabilities))


def regression(label: list[float], value: list[float]) -> dict[str, float]:
    return regression_score(np.array(label), np.array(value))


class Sum:
    """A model that adds up some of its features, for a sigmoid where a probability is asked for."""

    def __init__(self, weights: list[float], problem: str) -> None:
        self.weights, self.problem = np.array(weights), problem

    def answers(self, matrix: np.ndarray) -> np.ndarray:
        total = np.nan_to_num(matrix) @ self.weights
        if self.problem == "regression":
            return total
        probability = 1 / (1 + np.exp(-total))
        if self.problem == "binary":
            return probability
        return np.stack([1 - probability, probability], axis=1)


def importance(problem: str, weights: list[float], rows: int, seed: int) -> Any:
    random = np.random.default_rng(1)
    matrix = random.normal(size=(rows, len(weights)))
    matrix[::7, 0] = np.nan
    model = Sum(weights, problem)
    answers = Sum(weights, "regression").answers(matrix)
    label = answers if problem == "regression" else (answers > 0).astype(float)
    features = [f"f{column}" for column in range(len(weights))]
    target = Target(problem, "y", ("no", "yes") if problem == "multiclass" else ())
    return permutation_importance(target, model, matrix, label, features, seed)


def metrics() -> dict[str, Any]:
    return {problem: list(names) for problem, names in METRICS_OF.items()}


def ranges() -> dict[str, Any]:
    return {
        algorithm: {
            name: {"min": r.least, "max": r.most, **({"whole": True} if r.whole else {})}
            for name, r in known.items()
        }
        for algorithm, known in RANGES.items()
    }


def answer(name: str, *arguments: Any) -> Any:
    functions = (threshold, weights, multiclass, regression, importance, metrics, ranges)
    try:
        return {function.__name__: function for function in functions}[name](*arguments)
    except TrainingFailure as failure:
        return {"failure": str(failure)}


json.dump([answer(*call) for call in json.load(sys.stdin)], sys.stdout)
