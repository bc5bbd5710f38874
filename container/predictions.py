"""A model's answers as the objects that a request is answered with (docs/predictions.md)."""

from __future__ import annotations

from typing import Any

import numpy as np

from target import BINARY, MULTICLASS, Target


def predictions(target: Target, answers: np.ndarray, threshold: float) -> list[dict[str, Any]]:
    """One a row. Binary: `probability` of the positive label, and `label`, true from `threshold` on.
    Multiclass: the likeliest class, its probability, and each class's. Regression: `value`."""
    if target.problem == BINARY:
        return [{"probability": p, "label": p >= threshold} for p in answers.tolist()]
    if target.problem == MULTICLASS:
        names = target.classes
        return [
            {
                "label": names[top],
                "probability": row[top],
                "probabilities": dict(zip(names, row, strict=True)),
            }
            for row, top in zip(answers.tolist(), answers.argmax(axis=1).tolist(), strict=True)
        ]
    return [{"value": value} for value in answers.tolist()]
