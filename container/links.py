"""From a model's own scale to probabilities, without overflow."""

from __future__ import annotations

import numpy as np


def sigmoid(score: np.ndarray) -> np.ndarray:
    """1 / (1 + exp(-score))."""
    small = np.exp(-np.abs(score))
    return np.where(score >= 0, 1 / (1 + small), small / (1 + small))


def softmax(scores: np.ndarray) -> np.ndarray:
    """Of each row; rows × classes."""
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)
