"""What each feature did to an answer, on the scale on which they add up: log-odds, or the value itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from target import BINARY, REGRESSION, Target


def contributions(
    predictor: Any, target: Target, features: Sequence[str], matrix: np.ndarray
) -> list[list[dict[str, Any]]] | None:
    """Of each row, one a class (binary: of the positive label; regression: of the value): `bias` and what each
    feature added. Their sum is the log-odds (multiclass: what the softmax takes), or the value. Of trees they
    are SHAP values (Lundberg, Lee: A Unified Approach to Interpreting Model Predictions, 2017), of linear models
    the weights times the standardized features. None of a customer's own model."""
    tell = getattr(predictor, "contributions", None)
    told = None if tell is None else tell(matrix)
    if told is None:
        return None
    names: Sequence[str | None] = [None] if target.problem in (BINARY, REGRESSION) else target.class_names
    return [
        [
            {
                **({} if name is None else {"class": name}),
                "bias": output[-1],
                "features": dict(zip(features, output[:-1], strict=True)),
            }
            for name, output in zip(names, row, strict=True)
        ]
        for row in told.tolist()
    ]
