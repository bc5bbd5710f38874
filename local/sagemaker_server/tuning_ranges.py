"""The ranges of a tuning job: values of hyperparameters from points of the unit cube, and back."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Protocol

# From here on a range without a scale of its own is searched by its logarithm.
MANY_TIMES = 100


class Range(Protocol):
    name: str
    # How many numbers describe a value to a model of the objective.
    width: int

    def at(self, point: float) -> str: ...

    def features(self, value: str) -> list[float]: ...


@dataclass(frozen=True)
class Numbers:
    """Real or whole numbers, on a linear, logarithmic or reverse logarithmic scale."""

    name: str
    least: float
    most: float
    whole: bool
    scale: str
    width: int = 1

    def at(self, point: float) -> str:
        # A whole number owns half a step on either side, so that the ends come as often as the others.
        margin = 0.5 if self.whole else 0.0
        low, high = self._scaled(self.least - margin), self._scaled(self.most + margin)
        value = self._unscaled(low + point * (high - low))
        value = min(max(value, self.least), self.most)
        return str(round(value)) if self.whole else repr(value)

    def features(self, value: str) -> list[float]:
        low, high = self._scaled(self.least), self._scaled(self.most)
        return [(self._scaled(float(value)) - low) / (high - low) if high > low else 0.0]

    def _scaled(self, value: float) -> float:
        if self.scale == "Logarithmic":
            return math.log(value)
        return -math.log1p(-value) if self.scale == "ReverseLogarithmic" else value

    def _unscaled(self, value: float) -> float:
        if self.scale == "Logarithmic":
            return math.exp(value)
        return -math.expm1(-value) if self.scale == "ReverseLogarithmic" else value


@dataclass(frozen=True)
class Categories:
    name: str
    values: tuple[str, ...]

    @property
    def width(self) -> int:
        return len(self.values)

    def at(self, point: float) -> str:
        return self.values[min(int(point * len(self.values)), len(self.values) - 1)]

    def features(self, value: str) -> list[float]:
        return [float(value == each) for each in self.values]


def ranges_of(given: dict[str, Any]) -> list[Range]:
    """ParameterRanges, checked before, in the order of their names, so that a seed means the same values
    however a client sorts them."""
    found: list[Range] = [
        *(_numbers(item, whole=True) for item in given.get("IntegerParameterRanges", [])),
        *(_numbers(item, whole=False) for item in given.get("ContinuousParameterRanges", [])),
        *(
            Categories(item["Name"], tuple(item["Values"]))
            for item in given.get("CategoricalParameterRanges", [])
        ),
    ]
    return sorted(found, key=lambda each: each.name)


def _numbers(item: dict[str, Any], whole: bool) -> Numbers:
    least, most = float(item["MinValue"]), float(item["MaxValue"])
    scale = item.get("ScalingType", "Auto")
    if scale == "Auto":
        scale = "Logarithmic" if least > 0 and most / least >= MANY_TIMES else "Linear"
    return Numbers(item["Name"], least, most, whole, scale)


def values_at(ranges: list[Range], point: list[float]) -> dict[str, str]:
    return {each.name: each.at(at) for each, at in zip(ranges, point, strict=True)}


def features_of(ranges: list[Range], values: dict[str, str]) -> list[float]:
    """Numbers between 0 and 1; a category is one of several zeros and a one."""
    return [number for each in ranges for number in each.features(values[each.name])]
