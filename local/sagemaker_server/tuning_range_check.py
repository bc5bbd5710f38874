"""Which ranges of hyperparameters can be searched."""

from __future__ import annotations

import math
from typing import Any

from .errors import refused, validation

MOST_RANGES = 30


def check_ranges(given: dict[str, Any], strategy: str) -> None:
    if given.get("AutoParameters"):
        raise refused("AutoParameters of ParameterRanges", "Give ranges.")
    integers = given.get("IntegerParameterRanges", [])
    continuous = given.get("ContinuousParameterRanges", [])
    categorical = given.get("CategoricalParameterRanges", [])
    names = [each["Name"] for each in [*integers, *continuous, *categorical]]
    if not names:
        raise validation("At least one hyperparameter range is required in ParameterRanges.")
    if len(names) > MOST_RANGES:
        raise validation(
            f"A hyperparameter tuning job searches at most {MOST_RANGES} hyperparameters; found {len(names)}."
        )
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise validation(f"Hyperparameters must have one range each; found more of: [{', '.join(twice)}]")
    if strategy == "Grid" and (integers or continuous):
        raise validation("Only categorical parameters are supported when using the grid search strategy.")
    for each in integers:
        _check_numbers(each, whole=True)
    for each in continuous:
        _check_numbers(each, whole=False)
    for each in categorical:
        if len(set(each["Values"])) != len(each["Values"]):
            raise validation(f"The values of hyperparameter [{each['Name']}] must be distinct.")


def _check_numbers(item: dict[str, Any], whole: bool) -> None:
    name, scale = item["Name"], item.get("ScalingType", "Auto")
    least, most = (_number(item, end, whole) for end in ("MinValue", "MaxValue"))
    if least > most:
        raise validation(
            f"The MinValue of hyperparameter [{name}], {item['MinValue']}, must not exceed its MaxValue,"
            f" {item['MaxValue']}."
        )
    if scale == "Logarithmic" and least <= 0:
        raise validation(
            f"Logarithmic scaling works only for ranges that have only values greater than 0; the MinValue of"
            f" hyperparameter [{name}] is {item['MinValue']}."
        )
    if scale == "ReverseLogarithmic" and (whole or least < 0 or most >= 1):
        raise validation(
            "Reverse logarithmic scaling works only for continuous ranges that are entirely within the range"
            f" 0<=x<1.0; hyperparameter [{name}] has {item['MinValue']} to {item['MaxValue']}."
        )


def _number(item: dict[str, Any], end: str, whole: bool) -> float:
    try:
        value = float(int(item[end])) if whole else float(item[end])
        if math.isfinite(value):
            return value
    except (ValueError, OverflowError):
        pass
    kind = "an integer" if whole else "a number"
    raise validation(f"The {end} of hyperparameter [{item['Name']}], \"{item[end]}\", is not {kind}.")
