"""Measures of a model that predicts a number: labels and answers are values."""

from __future__ import annotations

import numpy as np

METRICS = ("rmse", "mae", "r2", "absolute_error_p50", "absolute_error_p90")


def score(label: np.ndarray, value: np.ndarray) -> dict[str, float]:
    """Every measure; the labels are not all equal. Quantiles are of type 7."""
    error = np.abs(label - value)
    middle, far = np.quantile(error, [0.5, 0.9])
    return {
        "rmse": rmse(label, value),
        "mae": mae(label, value),
        "r2": r2(label, value),
        "absolute_error_p50": float(middle),
        "absolute_error_p90": float(far),
    }


def rmse(label: np.ndarray, value: np.ndarray) -> float:
    return float(np.sqrt(np.square(label - value).mean()))


def mae(label: np.ndarray, value: np.ndarray) -> float:
    return float(np.abs(label - value).mean())


def r2(label: np.ndarray, value: np.ndarray) -> float:
    return float(1 - np.square(label - value).sum() / np.square(label - label.mean()).sum())
