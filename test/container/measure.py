"""Measures predictions by scikit-learn alone: {"labels": […], "predictions": [{"probability", "label"}, …]} → metrics."""

from __future__ import annotations

import json
import sys

import numpy as np
from sklearn import calibration, metrics


def main() -> None:
    given = json.load(sys.stdin)
    label = np.array(given["labels"])
    probability = np.array([each["probability"] for each in given["predictions"]])
    predicted = np.array([each["label"] for each in given["predictions"]])
    # scikit-learn's bins are [lo, hi): mirrored, they are (lo, hi].
    share, mean = calibration.calibration_curve(1 - label, 1 - probability, n_bins=10)
    rows = np.histogram(1 - probability, bins=np.linspace(0, 1, 11))[0]
    json.dump(
        {
            "auc": metrics.roc_auc_score(label, probability),
            "pr_auc": metrics.average_precision_score(label, probability),
            "log_loss": metrics.log_loss(label, probability),
            "brier": metrics.brier_score_loss(label, probability),
            "calibration_error": float(np.sum(np.abs(share - mean) * rows[rows > 0]) / len(label)),
            "accuracy": metrics.accuracy_score(label, predicted),
            "precision": metrics.precision_score(label, predicted),
            "recall": metrics.recall_score(label, predicted),
            "f1": metrics.f1_score(label, predicted),
        },
        sys.stdout,
    )


if __name__ == "__main__":
    main()
