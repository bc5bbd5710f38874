"""How far probabilities are from the shares that come true."""

from __future__ import annotations

import numpy as np

BINS = 10


def calibration_error(label: np.ndarray, probability: np.ndarray) -> float:
    """Expected calibration error over ten bins of equal width, (lo, hi]; 0 lies in the first.

    Naeini, Cooper, Hauskrecht: Obtaining Well Calibrated Probabilities Using Bayesian Binning (AAAI 2015).
    """
    edges = np.arange(1, BINS) / BINS
    which = np.searchsorted(edges, probability, side="left")
    rows = np.bincount(which, minlength=BINS)
    gap = np.bincount(which, weights=probability, minlength=BINS) - np.bincount(
        which, weights=label, minlength=BINS
    )
    return float(np.abs(gap).sum() / rows.sum())
