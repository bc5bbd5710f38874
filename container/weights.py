"""How much each row counts in fitting: its own weight times its class's. Measures know no weights."""

from __future__ import annotations

import json
from collections.abc import Mapping

import numpy as np

from failures import TrainingFailure
from target import BINARY, REGRESSION, Target

MEND = 'write "balanced" or {class: weight}'
BALANCED = "balanced"


def read_class_weights(text: str | None) -> str | dict[str, float] | None:
    """Of a plan's `train.classWeights`, as JSON. Raises `TrainingFailure`."""
    if text is None:
        return None
    try:
        given = json.loads(text)
    except ValueError:
        given = None
    if given == BALANCED:
        return BALANCED
    if not isinstance(given, dict) or not all(_is_weight(weight) for weight in given.values()):
        raise TrainingFailure(f"hyperparameter class_weights: found {text!r}; {MEND}")
    return {name: float(weight) for name, weight in given.items()}


def weigh(
    class_weights: str | Mapping[str, float] | None,
    target: Target,
    label: np.ndarray,
    counted: np.ndarray,
    weight: np.ndarray | None,
) -> np.ndarray | None:
    """Each row's weight in all; None when every row counts 1. A class that is not named counts 1.

    `counted` are the labels of the training part, by whose numbers of rows `balanced` weighs
    (rows / (classes × rows of the class), as scikit-learn does). Raises `TrainingFailure`.
    """
    if class_weights is None:
        return weight
    if target.problem == REGRESSION:
        raise TrainingFailure("hyperparameter class_weights: a regression has no classes; take it out")
    names = target.class_names
    if class_weights == BALANCED:
        rows = np.bincount(counted.astype(np.int64), minlength=len(names))
        each = counted.size / (len(names) * np.maximum(rows, 1))
    else:
        assert isinstance(class_weights, Mapping)
        each = _named(class_weights, target)
    own = each[label.astype(np.int64)]
    return own if weight is None else own * weight


def _named(class_weights: Mapping[str, float], target: Target) -> np.ndarray:
    numbers = {name: at for at, name in enumerate(target.class_names)}
    if target.problem == BINARY:
        numbers |= {"0": 0, "1": 1}
    each = np.ones(len(target.class_names))
    for name, weight in class_weights.items():
        if name not in numbers:
            raise TrainingFailure(
                f"hyperparameter class_weights: there is no class {name!r}; "
                f"the classes are {', '.join(target.class_names)}"
            )
        each[numbers[name]] = weight
    return each


def _is_weight(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and 0 < value <= 1e6
