"""Reference values of the measures, by scikit-learn, numpy and scipy.

    .venv/bin/python test/reference/measures.py          # writes measures.json beside this file
    .venv/bin/python test/reference/measures.py --check  # compares with what is kept; exit code 1 when they differ
"""

from __future__ import annotations

import math
import sys
from pathlib import Path
from typing import Any

import numpy as np
from kept import run
from scipy import special, stats
from scipy.spatial.distance import jensenshannon
from sklearn import metrics

KEPT = Path(__file__).with_name("measures.json")
FLOOR = 1e-4
MOST_VALUES = 20


def calibration_error(labels: np.ndarray, probabilities: np.ndarray) -> float:
    """Expected calibration error over ten bins (k/10, (k+1)/10], 0 in the first."""
    bins = np.clip(np.searchsorted(np.arange(11) / 10, probabilities, side="left") - 1, 0, 9)
    gaps = [abs(np.sum(probabilities[bins == b]) - np.sum(labels[bins == b])) for b in range(10)]
    return float(np.sum(gaps) / len(labels))


def measured(labels: np.ndarray, probabilities: np.ndarray, threshold: float, weights: np.ndarray | None) -> dict[str, float]:
    """Every metric; with weights, of the rows each repeated so often."""
    if weights is not None:
        labels, probabilities = np.repeat(labels, weights), np.repeat(probabilities, weights)
    predicted = (probabilities >= threshold).astype(int)
    return {
        "auc": metrics.roc_auc_score(labels, probabilities),
        "pr_auc": metrics.average_precision_score(labels, probabilities),
        "log_loss": metrics.log_loss(labels, probabilities),
        "brier": metrics.brier_score_loss(labels, probabilities),
        "calibration_error": calibration_error(labels, probabilities),
        "accuracy": metrics.accuracy_score(labels, predicted),
        "precision": metrics.precision_score(labels, predicted),
        "recall": metrics.recall_score(labels, predicted),
        "f1": metrics.f1_score(labels, predicted),
    }


def classifier_cases(random: np.random.Generator) -> list[dict[str, Any]]:
    """Scored rows of several kinds: smooth, tied, on the bins' edges, certain, rare positives."""
    rows = 300
    smooth = random.beta(2, 5, rows)
    shapes = {
        "smooth": (smooth, 0.5),
        "tied": (np.round(random.beta(2, 3, rows), 1), 0.4),
        "edges": (random.integers(0, 11, rows) / 10, 0.7),
        "certain": (random.choice([0.0, 1e-17, 0.3, 1 - 1e-16, 1.0], rows), 0.3),
        "rare": (random.beta(1, 40, rows), 0.05),
    }
    cases = []
    for name, (probabilities, threshold) in shapes.items():
        labels = (random.random(rows) < 0.15 + 0.6 * probabilities).astype(int)
        weights = random.multinomial(rows, np.full(rows, 1 / rows))
        cases.append(
            {
                "name": name,
                "threshold": threshold,
                "labels": labels.tolist(),
                "probabilities": probabilities.tolist(),
                "weights": weights.tolist(),
                "measures": measured(labels, probabilities, threshold, None),
                "weighted": measured(labels, probabilities, threshold, weights),
            }
        )
    return cases


def place_numbers(baseline: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Rows in each bin: one a value up to twenty distinct ones, else tenths (low, high]; then others, then missing."""
    present = baseline[~np.isnan(baseline)]
    missing = np.isnan(values).sum()
    values = values[~np.isnan(values)]
    distinct = np.unique(present)
    if len(distinct) <= MOST_VALUES:
        counts = [np.sum(values == value) for value in distinct]
        return np.array([*counts, len(values) - np.sum(counts), missing], dtype=float)
    edges = np.unique(np.quantile(present, np.arange(1, 10) / 10))
    bins = np.searchsorted(edges, values, side="left")
    return np.array([*np.bincount(bins, minlength=len(edges) + 1), missing], dtype=float)


def place_texts(baseline: list[str | None], values: list[str | None]) -> np.ndarray:
    """Rows of each of the twenty most frequent values, then others, then missing."""
    names, counts = np.unique([value for value in baseline if value is not None], return_counts=True)
    kept = names[np.argsort(-counts, kind="stable")][:MOST_VALUES]
    rows = [sum(value == name for value in values) for name in kept]
    missing = sum(value is None for value in values)
    return np.array([*rows, len(values) - sum(rows) - missing, missing], dtype=float)


def drifted(before: np.ndarray, now: np.ndarray) -> dict[str, Any]:
    """PSI, Jensen-Shannon, total variation and chi-square of two lists of rows in bins."""
    p, q = before / before.sum(), now / now.sum()
    pf, qf = np.maximum(p, FLOOR), np.maximum(q, FLOOR)
    used = (before + now) > 0
    test = stats.chi2_contingency(np.array([before[used], now[used]]), correction=False)
    return {
        "psi": float(np.sum((pf - qf) * np.log(pf / qf))),
        "jensenShannon": float(jensenshannon(p, q, base=2)),
        "totalVariation": float(np.abs(p - q).sum() / 2),
        "chiSquare": {"statistic": float(test.statistic), "degrees": int(test.dof), "p": float(test.pvalue)},
    }


def kolmogorov_smirnov(baseline: np.ndarray, values: np.ndarray) -> dict[str, float]:
    """The statistic with a missing value below every number, and the limit distribution's tail."""
    a, b = np.nan_to_num(baseline, nan=-1e300), np.nan_to_num(values, nan=-1e300)
    statistic = float(stats.ks_2samp(a, b, method="asymp").statistic)
    return {
        "statistic": statistic,
        "p": float(special.kolmogorov(math.sqrt(len(a) * len(b) / (len(a) + len(b))) * statistic)),
    }


def number_cases(random: np.random.Generator) -> list[dict[str, Any]]:
    """Number columns: shifted, tied, few values, a constant that moved, values that went missing."""

    def holes(values: np.ndarray, share: float) -> np.ndarray:
        return np.where(random.random(len(values)) < share, np.nan, values)

    shapes = {
        "the same": (random.normal(0, 1, 400), random.normal(0, 1, 250)),
        "shifted": (random.normal(0, 1, 400), random.normal(0.6, 1.4, 250)),
        "tied": (np.round(random.exponential(8, 400)), np.round(random.exponential(11, 250))),
        "mostly zero": (np.maximum(0, random.normal(-0.5, 1, 400)), np.maximum(0, random.normal(0, 1, 250))),
        "few values": (random.integers(1, 8, 400).astype(float), random.integers(2, 10, 250).astype(float)),
        "a constant that moved": (np.full(400, 5.0), np.full(250, 3.0)),
        "holes": (holes(random.normal(0, 1, 400), 0.05), holes(random.normal(0, 1, 250), 0.4)),
        "far away": (random.normal(0, 1, 400), random.normal(50, 1, 250)),
    }
    return [
        {
            "name": name,
            "baseline": [None if math.isnan(value) else float(value) for value in before],
            "current": [None if math.isnan(value) else float(value) for value in now],
            "drift": {
                **drifted(place_numbers(before, before), place_numbers(before, now)),
                "ks": kolmogorov_smirnov(before, now),
            },
        }
        for name, (before, now) in shapes.items()
    ]


def text_cases(random: np.random.Generator) -> list[dict[str, Any]]:
    """Text columns: as before, many values with a tail, values never seen before, and "NA" that is a value."""
    airports = [f"A{n:02}" for n in range(60)]
    weights = 1 / np.arange(1, 61)
    weights /= weights.sum()
    tail = [str(value) for value in random.choice(airports, 600, p=weights)]
    shapes: dict[str, tuple[list[str | None], list[str | None]]] = {
        "as before": (tail[:400], tail[400:]),
        "turned around": (tail[:400], [str(value) for value in random.choice(airports, 200, p=weights[::-1])]),
        "never seen": (tail[:400], ["new"] * 50 + tail[400:]),
        "missing and NA": (["NA", "b", None, "b"] * 50, ["NA", "NA", None, "", "c"] * 20),
    }
    return [
        {
            "name": name,
            "baseline": before,
            "current": now,
            "drift": drifted(place_texts(before, before), place_texts(before, now)),
        }
        for name, (before, now) in shapes.items()
    ]


def tails() -> dict[str, list[list[float]]]:
    """Upper tails over the whole range that a double holds."""
    statistics = [1e-8, 0.5, 1.0, 5.0, 20.0, 100.0, 600.0, 1400.0]
    return {
        "chiSquare": [[x, k, float(stats.chi2.sf(x, k))] for x in statistics for k in (1, 2, 9, 21, 300)],
        "kolmogorov": [[x, float(special.kolmogorov(x))] for x in (0.05, 0.2, 0.5, 0.9, 1.0, 1.18, 1.6, 3.0, 8.0, 18.0)],
    }


def quantiles(random: np.random.Generator) -> list[dict[str, Any]]:
    """Quantiles of type 7."""
    cases = []
    for rows in (1, 2, 7, 50):
        values = np.sort(np.round(random.normal(0, 10, rows)))
        shares = [0.0, 0.025, 0.1, 0.3, 0.5, 0.7, 0.975, 1.0]
        cases.append({"values": values.tolist(), "quantiles": [[s, float(np.quantile(values, s))] for s in shares]})
    return cases


def reference() -> dict[str, Any]:
    """Everything, from one seed."""
    random = np.random.default_rng(20010131)
    return {
        "classifiers": classifier_cases(random),
        "numbers": number_cases(random),
        "texts": text_cases(random),
        "tails": tails(),
        "quantiles": quantiles(random),
    }


def main(arguments: list[str]) -> int:
    """Writes or checks the kept values."""
    return run(KEPT, reference(), arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
