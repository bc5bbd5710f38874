"""The `script` algorithm: a customer's `fit`, and the model that it gives (docs/algorithms.md)."""

from __future__ import annotations

import pickle
import random
import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from data import Part
from failures import TrainingFailure
from target import REGRESSION, Target, UnusableAnswer
from user_code import UnusableScript, load_script

FEW = 100
CODE = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Rows:
    """`features` float64, rows × features, NaN where missing; `label` float64: 0 or 1, a class's number, or
    the value; `weight` float64 with class weights multiplied in, or None when every row counts 1."""

    features: np.ndarray
    label: np.ndarray
    weight: np.ndarray | None


@dataclass(frozen=True)
class TrainingData:
    """What `fit` is given. `classes` are the names of a multiclass label's numbers, empty otherwise."""

    train: Rows
    validation: Rows
    feature_names: list[str]
    problem: str
    classes: list[str]
    seed: int


class UserModel:
    algorithm = "script"
    file = "model.pickle"

    def __init__(self, model: Any, target: Target) -> None:
        self._model = model
        self._target = target

    def answers(self, matrix: np.ndarray) -> np.ndarray:
        """Checked, for it may be anything. Raises `UnusableAnswer`, and what the model itself raises."""
        if self._target.problem == REGRESSION:
            values = _numbers(self._model.predict(matrix), "predict")
            answers = values[:, 0] if values.ndim == 2 and values.shape[1] == 1 else values
        else:
            answers = self._by_class(_numbers(self._model.predict_proba(matrix), "predict_proba"))
        return self._target.checked(answers, len(matrix))

    def to_bytes(self) -> bytes:
        return pickle.dumps(self._model, protocol=5)

    @staticmethod
    def from_bytes(content: bytes, target: Target, script: str) -> UserModel:
        """Runs the script's module and what the pickle names: only for artifacts of one's own."""
        load_script(CODE, script)
        return UserModel(pickle.loads(content), target)

    def _by_class(self, given: np.ndarray) -> np.ndarray:
        """Columns in the order of class numbers; a class that the model does not know has 0."""
        wanted = len(self._target.class_names)
        known = np.asarray(getattr(self._model, "classes_", np.arange(wanted)))
        if given.ndim != 2 or known.ndim != 1 or given.shape[1] != known.size:
            raise UnusableAnswer(
                f"of predict_proba has the shape {given.shape}, expected a column "
                f"for each of {known.size} classes"
            )
        numbers = [_class_number(each, wanted) for each in known.tolist()]
        ordered = np.zeros((len(given), wanted))
        ordered[:, numbers] = given
        if self._target.classes:
            return ordered
        if (np.abs(ordered.sum(axis=1) - 1) > 1e-3).any():
            raise UnusableAnswer("of predict_proba has rows that do not sum to 1")
        return ordered[:, 1]


def fit(
    train: Part,
    validation: Part,
    target: Target,
    features: list[str],
    script: str,
    hyperparameters: Mapping[str, Any],
    seed: int,
) -> UserModel:
    """Calls the script's `fit(data, hyperparameters)`. Whatever goes wrong there is a `TrainingFailure`."""
    place = f"script {script}"
    try:
        module = load_script(CODE, script)
    except UnusableScript as error:
        raise TrainingFailure(f"{place}: {error}") from error
    except Exception as error:
        raise _failed(f"{place} cannot be imported", error) from error
    if not callable(getattr(module, "fit", None)):
        raise TrainingFailure(f"{place}: has no function fit; define fit(data, hyperparameters)")
    random.seed(seed)
    np.random.seed(seed)
    data = TrainingData(
        _rows(train), _copied(_rows(validation)), features, target.problem, list(target.classes), seed
    )
    try:
        model = module.fit(data, dict(hyperparameters))
    except Exception as error:
        raise _failed(f"{place}: fit failed", error) from error
    if model is None:
        raise TrainingFailure(f"{place}: fit gave None; return the model")
    return _kept(place, UserModel(model, target), target, script, validation.matrix[:FEW])


def _kept(place: str, model: UserModel, target: Target, script: str, few: np.ndarray) -> UserModel:
    """The model as it comes back from its bytes, which is what will be served."""
    try:
        before = model.answers(few)
        content = model.to_bytes()
        back = UserModel.from_bytes(content, target, script)
        after = back.answers(few)
    except UnusableAnswer as error:
        raise TrainingFailure(f"{place}: the model's answer {error}") from error
    except (pickle.PicklingError, AttributeError, TypeError) as error:
        raise _failed(
            f"{place}: the model cannot be used or kept; it needs predict_proba (predict for a "
            "regression), and pickle must know its classes and functions by module and name",
            error,
        ) from error
    except Exception as error:
        raise _failed(f"{place}: the model fails to predict", error) from error
    if not np.array_equal(before, after):
        raise TrainingFailure(
            f"{place}: the model answers otherwise once it was kept; let pickle keep all of it"
        )
    return back


def _rows(part: Part) -> Rows:
    return Rows(part.matrix, part.label, part.weight)


def _copied(rows: Rows) -> Rows:
    """What is measured on must stay as it is, whatever the script does to its own."""
    return Rows(rows.features.copy(), rows.label.copy(), None if rows.weight is None else rows.weight.copy())


def _numbers(given: Any, of: str) -> np.ndarray:
    try:
        return np.asarray(given, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise UnusableAnswer(f"of {of} is no array of numbers: {error}") from error


def _class_number(value: Any, classes: int) -> int:
    if value not in range(classes):
        raise UnusableAnswer(
            f"is of the class {value!r} in classes_; fit it to the label's numbers, 0 to {classes - 1}"
        )
    return int(value)


def _failed(what: str, error: Exception) -> TrainingFailure:
    traceback.print_exception(error)
    said = str(error).strip().splitlines()
    return TrainingFailure(f"{what}: {type(error).__name__}: {said[0] if said else 'no reason given'}")
