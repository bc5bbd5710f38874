"""Measures of a binary classifier (docs/metrics.md), and the log lines that SageMaker reads them from."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

HIGHER_IS_BETTER = {
    "auc": True,
    "pr_auc": True,
    "log_loss": False,
    "brier": False,
    "calibration_error": False,
    "accuracy": True,
    "precision": True,
    "recall": True,
    "f1": True,
}
BINS = 10


def score(label: np.ndarray, probability: np.ndarray, threshold: float) -> dict[str, float]:
    """Every measure; `label` 0/1 holds both values, a row is predicted positive from `threshold` on."""
    from sklearn import metrics

    predicted = probability >= threshold
    return {
        "auc": float(metrics.roc_auc_score(label, probability)),
        "pr_auc": float(metrics.average_precision_score(label, probability)),
        "log_loss": float(metrics.log_loss(label, probability, labels=[0, 1])),
        "brier": float(metrics.brier_score_loss(label, probability)),
        "calibration_error": calibration_error(label, probability),
        "accuracy": float(metrics.accuracy_score(label, predicted)),
        "precision": float(metrics.precision_score(label, predicted, zero_division=0)),
        "recall": float(metrics.recall_score(label, predicted, zero_division=0)),
        "f1": float(metrics.f1_score(label, predicted, zero_division=0)),
    }


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


def log_line(round_name: str, scores: Mapping[tuple[str, str], float]) -> str:
    """`[12] validation-auc:0.66123 …`: what the training job's metric definitions match."""
    return f"[{round_name}] " + " ".join(
        f"{part}-{name}:{value:.6f}" for (part, name), value in scores.items()
    )
