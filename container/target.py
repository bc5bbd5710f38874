"""What is predicted, and the one shape that every model's answers have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

BINARY, MULTICLASS, REGRESSION = "binary", "multiclass", "regression"
PROBLEMS = (BINARY, MULTICLASS, REGRESSION)
# How far a row's probabilities may be from 1 together: single precision over a hundred classes.
SUM_TOLERANCE = 1e-3


class UnusableAnswer(ValueError):
    """What is wrong with a model's answers, as a part of a sentence."""


@dataclass(frozen=True)
class Target:
    """`classes` are the names of a multiclass label's numbers, from 0 on; empty for other problems."""

    problem: str
    label: str
    classes: tuple[str, ...] = ()

    @staticmethod
    def of(spec: Mapping[str, Any]) -> Target:
        """From transform.json or model.json. Raises `ValueError`."""
        if spec["problem"] not in PROBLEMS:
            raise ValueError(f"problem {spec['problem']!r} is none of {', '.join(PROBLEMS)}")
        classes = tuple(spec.get("classes") or ()) if spec["problem"] == MULTICLASS else ()
        if spec["problem"] == MULTICLASS and len(classes) < 2:
            raise ValueError("a multiclass problem names no classes")
        return Target(spec["problem"], spec["label"], classes)

    @property
    def class_names(self) -> tuple[str, ...]:
        """Of the label's numbers; a binary label's are false and true."""
        return ("false", "true") if self.problem == BINARY else self.classes

    def checked(self, answers: np.ndarray, rows: int) -> np.ndarray:
        """`answers` as they are: float64, (rows,) probabilities of the positive label or values, or
        (rows, classes) probabilities. Raises `UnusableAnswer` for any other shape, NaN, infinities, and
        what is no probability."""
        shape = (rows, len(self.classes)) if self.problem == MULTICLASS else (rows,)
        if answers.shape != shape:
            raise UnusableAnswer(f"has the shape {answers.shape}, expected {shape}")
        finite = np.isfinite(answers).reshape(rows, -1).all(axis=1)
        if not finite.all():
            raise UnusableAnswer(f"is not a finite number for {_rows(~finite)}")
        if self.problem != REGRESSION:
            possible = ((answers >= 0) & (answers <= 1)).reshape(rows, -1).all(axis=1)
            if not possible.all():
                raise UnusableAnswer(f"is no probability from 0 to 1 for {_rows(~possible)}")
        if self.problem == MULTICLASS:
            whole = np.abs(answers.sum(axis=1) - 1) <= SUM_TOLERANCE
            if not whole.all():
                raise UnusableAnswer(f"has probabilities that do not sum to 1 for {_rows(~whole)}")
        return answers


def _rows(wrong: np.ndarray) -> str:
    return f"{int(wrong.sum())} of {wrong.size} rows, first row {int(wrong.argmax())}"
