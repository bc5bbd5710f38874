"""What a tuning job tries next: by chance, combination by combination, or by what it learned."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass, field
from typing import Any

from .tuning_ranges import Range, ranges_of, values_at


@dataclass(frozen=True)
class Tried:
    """Values that were tried and what came of them: None while it is not known."""

    values: dict[str, str]
    objective: float | None = None
    failed: bool = False


@dataclass(frozen=True)
class Search:
    """The search for one training job definition. The same seed gives the same values."""

    strategy: str
    parameter_ranges: dict[str, Any]
    minimize: bool
    seed: int
    ranges: list[Range] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "ranges", ranges_of(self.parameter_ranges))

    def next(self, tried: list[Tried]) -> dict[str, str]:
        """The values of trial number `len(tried)`."""
        if self.strategy == "Grid":
            return self._combination(len(tried))
        if self.strategy == "Bayesian":
            from .tuning_bayesian import likely_better

            return likely_better(self.ranges, tried, self.minimize, self.seed)
        # Imported here, since most servers never tune.
        import numpy as np

        # Hyperband chooses by chance, too; what it adds is when to stop.
        generator = np.random.default_rng([self.seed, len(tried)])
        return values_at(self.ranges, generator.random(len(self.ranges)).tolist())

    def _combination(self, number: int) -> dict[str, str]:
        given = _categories(self.parameter_ranges)
        grid = itertools.product(*(item["Values"] for item in given))
        combination = next(itertools.islice(grid, number, None))
        return {item["Name"]: value for item, value in zip(given, combination, strict=True)}


def combinations(parameter_ranges: dict[str, Any]) -> int:
    """How many trials a grid has."""
    return math.prod(len(item["Values"]) for item in _categories(parameter_ranges))


def _categories(parameter_ranges: dict[str, Any]) -> list[dict[str, Any]]:
    return parameter_ranges.get("CategoricalParameterRanges", [])
