"""When a trial under way is stopped early: by the median rule, or by Hyperband's rungs."""

from __future__ import annotations

import math
import statistics
from typing import Any, Sequence

# Hyperband keeps one of so many at each rung (Li et al. 2018 take 3 as well).
ETA = 3
INFERRED_FROM = ("epochs", "numepochs", "n-epochs", "n_epochs", "num_epochs")
LARGEST_RESOURCE = 20_000


def worse_than_median(
    series: Sequence[float], epoch: int, completed: Sequence[Sequence[float]], minimize: bool
) -> bool:
    """Whether the objective at `epoch`, from 1, is worse than the median of the running averages that
    completed trials had up to it ("Stop Training Jobs Early" in AWS's developer guide). Never without any."""
    averages = [statistics.fmean(each[:epoch]) for each in completed if each]
    if not averages:
        return False
    median = statistics.median(averages)
    value = series[epoch - 1]
    return value > median if minimize else value < median


def resources(config: dict[str, Any], static: dict[str, str]) -> tuple[int, int | None]:
    """Hyperband's least and most epochs; None when nothing says how many there are at most."""
    given = config.get("StrategyConfig", {}).get("HyperbandStrategyConfig", {})
    most = given.get("MaxResource")
    for name in INFERRED_FROM:
        text = static.get(name, "").strip('"')
        if most is None and text.isdecimal() and int(text) > 0:
            most = int(text)
    return given.get("MinResource", 1), most


def rungs(least: int, most: int, bracket: int) -> list[int]:
    """The epochs at which a bracket compares its trials; bracket 0 compares most often."""
    found = []
    at = least
    while at < most:
        found.append(at)
        at *= ETA
    return found[bracket:]


def bracket_of(number: int, least: int, most: int) -> int:
    """Which bracket a trial belongs to: as many in turn as Hyperband begins in each, the strictest first."""
    last = len(rungs(least, most, 0))
    sizes = [math.ceil((last + 1) / (last - each + 1) * ETA ** (last - each)) for each in range(last + 1)]
    at = number % sum(sizes)
    for bracket, size in enumerate(sizes):
        if at < size:
            return bracket
        at -= size
    raise AssertionError("the sizes add up to more")


def left_behind(value: float, rung: int, others: Sequence[Sequence[float]], minimize: bool) -> bool:
    """Whether a trial with `value` at this rung is not among the best of its bracket that came so far: one of
    ETA goes on (the stopping rule of asynchronous successive halving, Li et al. 2020)."""
    reached = [each[rung - 1] for each in others if len(each) >= rung]
    kept = (len(reached) + 1) // ETA
    better = sum(other < value if minimize else other > value for other in reached)
    return kept > 0 and better >= kept
