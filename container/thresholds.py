"""From which probability on a row counts as positive: a number, or what the validation part says is best."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np

from failures import TrainingFailure

DEFAULT = 0.5
MEASURES = ("f1", "accuracy", "precision", "recall")
MEND = (
    'write a number from 0 to 1, {"maximize": …, "atLeast": {…}} '
    'or {"costs": {"falsePositive": …, "falseNegative": …}}'
)


def read_rule(text: str | None) -> float | dict[str, Any]:
    """The rule of a plan's `evaluate.threshold`, as JSON. Raises `TrainingFailure`."""
    if text is None:
        return DEFAULT
    try:
        rule = json.loads(text)
    except ValueError:
        rule = None
    if _is_number(rule, 1):
        return float(rule)
    if isinstance(rule, dict) and (_is_best(rule) or _is_costs(rule)):
        return rule
    raise TrainingFailure(f"hyperparameter threshold: found {text!r}; {MEND}")


def choose(rule: float | Mapping[str, Any], label: np.ndarray, probability: np.ndarray) -> float:
    """The threshold; of several that are equally good the one nearest to 0.5, then the lower one.

    Tried are the distinct probabilities of the rows. Raises `TrainingFailure` when none keeps `atLeast`.
    """
    if not isinstance(rule, Mapping):
        return float(rule)
    tried, true_positives, positives = _counts(label, probability)
    rows, wanted = label.size, label.sum()
    if "costs" in rule:
        costs = rule["costs"]
        false_positives, false_negatives = positives - true_positives, wanted - true_positives
        cost = costs["falsePositive"] * false_positives + costs["falseNegative"] * false_negatives
        return _nearest(tried[cost == cost.min()])
    measures = {
        "precision": true_positives / positives,
        "recall": true_positives / wanted,
        "f1": 2 * true_positives / (positives + wanted),
        "accuracy": (rows - positives - wanted + 2 * true_positives) / rows,
    }
    kept = np.ones(tried.size, dtype=bool)
    for name, least in (rule.get("atLeast") or {}).items():
        kept &= measures[name] >= least
    if not kept.any():
        bounds = " and ".join(f"{name} {least:g}" for name, least in rule["atLeast"].items())
        best = ", ".join(f"{name} {measures[name].max():.4f}" for name in rule["atLeast"])
        raise TrainingFailure(
            f"threshold: none keeps {bounds} on the validation part; the most, each alone, is {best}. "
            "Lower evaluate.threshold.atLeast"
        )
    measure = np.where(kept, measures[rule["maximize"]], -1)
    return _nearest(tried[measure == measure.max()])


def _counts(label: np.ndarray, probability: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Distinct probabilities, falling; of each the true and all positives if it were the threshold."""
    order = np.argsort(-probability, kind="stable")
    ordered = probability[order]
    last = np.append(np.flatnonzero(np.diff(ordered)), ordered.size - 1)
    return ordered[last], np.cumsum(label[order])[last], last + 1.0


def _nearest(tried: np.ndarray) -> float:
    rising = np.sort(tried)
    return float(rising[np.argmin(np.abs(rising - DEFAULT))])


def _is_number(value: Any, most: float) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value <= most


def _is_best(rule: Mapping[str, Any]) -> bool:
    bounds = rule.get("atLeast", {})
    return (
        rule.get("maximize") in MEASURES
        and set(rule) <= {"maximize", "atLeast"}
        and isinstance(bounds, dict)
        and set(bounds) <= {"precision", "recall"}
        and all(_is_number(bound, 1) for bound in bounds.values())
    )


def _is_costs(rule: Mapping[str, Any]) -> bool:
    costs = rule.get("costs")
    return (
        set(rule) == {"costs"}
        and isinstance(costs, dict)
        and set(costs) == {"falsePositive", "falseNegative"}
        and all(_is_number(cost, float("inf")) for cost in costs.values())
    )
