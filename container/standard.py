"""What linear models do to features first: missing ones filled, all of them of one scale."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Standard:
    """(value − center) / scale, a missing value being `fill`; one of each a feature."""

    fill: list[float]
    center: list[float]
    scale: list[float]

    def __call__(self, matrix: np.ndarray) -> np.ndarray:
        filled = np.where(np.isnan(matrix), np.array(self.fill), matrix)
        return (filled - np.array(self.center)) / np.array(self.scale)

    @staticmethod
    def of(matrix: np.ndarray, weight: np.ndarray | None) -> Standard:
        """Medians, means and deviations; rows of no weight are not looked at, all others count alike."""
        seen = matrix if weight is None else matrix[weight > 0]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # a column without any value
            fill = np.nan_to_num(np.nanmedian(seen, axis=0))
        filled = np.where(np.isnan(seen), fill, seen)
        center = filled.mean(axis=0)
        deviation = filled.std(axis=0)
        # A constant's deviation may be a rounding error.
        varies = deviation > 1e-12 * np.maximum(np.abs(center), 1e-300)
        return Standard(fill.tolist(), center.tolist(), np.where(varies, deviation, 1.0).tolist())
