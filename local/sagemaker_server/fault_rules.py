"""What a rule of a fault may say; rules that cannot be kept are refused with place and mend."""

from __future__ import annotations

import json
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, Callable

from .model import operation_names

OPERATION_FAULTS = (
    "throttling",
    "internal",
    "unavailable",
    "eventual",
    "delay",
    "reset-before",
    "reset-after",
)
JOB_FAULTS = ("spot-interruption", "capacity", "internal")
MOST_RULES = 1_000
LARGEST = 1024 * 1024
LONGEST_SECONDS = 86_400.0
MOST_TIMES = 1_000_000


@dataclass(frozen=True)
class Rule:
    """One of `operation` and `job` is a glob on names. `times` counts down, None is without end; `seconds` is
    how long `delay` and `eventual` take; `after` is how many seconds of a job's work come before its
    fault."""

    fault: str
    operation: str | None = None
    job: str | None = None
    times: int | None = None
    seconds: float | None = None
    after: float = 0.0


class BadRules(Exception):
    """Rules that cannot be kept; the message names place and mend."""


def read_rules(text: str | bytes) -> list[Rule]:
    """Rules from a JSON list. Raises BadRules."""
    if len(text) > LARGEST:
        raise BadRules(f"the rules have more than {LARGEST} bytes; give fewer")
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadRules(f"the rules are no JSON: {error}") from error
    if not isinstance(found, list):
        raise BadRules(
            'the rules are no JSON list; write [{"operation": "Describe*", "fault": "throttling"}]'
        )
    if len(found) > MOST_RULES:
        raise BadRules(f"{len(found)} rules are too many; give at most {MOST_RULES}")
    return [_rule(item, f"rule {number}") for number, item in enumerate(found, 1)]


def _rule(item: Any, place: str) -> Rule:
    if not isinstance(item, dict):
        raise BadRules(f"{place} is no JSON object")
    sorts = [sort for sort in ("operation", "job") if sort in item]
    if len(sorts) != 1:
        raise BadRules(f"{place} needs either operation or job, each a name in which * stands for anything")
    sort = sorts[0]
    faults = OPERATION_FAULTS if sort == "operation" else JOB_FAULTS
    fault = item.get("fault")
    _hold(fault in faults, place, "fault", fault, f"write one of {', '.join(faults)}")
    checks = {sort: _glob, "fault": lambda *_: None, "times": _times, **_numbers(sort, str(fault))}
    for name, value in item.items():
        if name not in checks:
            raise BadRules(f"{place} has {name}, which {sort} rules for {fault} do not know; take it out")
        checks[name](place, name, value)
    if "seconds" in checks and "seconds" not in item:
        raise BadRules(f"{place} needs seconds: {fault} takes time")
    return Rule(**item)


def _numbers(sort: str, fault: str) -> dict[str, Callable[[str, str, Any], None]]:
    if sort == "job":
        return {"after": _seconds}
    return {"seconds": _seconds} if fault in ("delay", "eventual") else {}


def _glob(place: str, name: str, value: Any) -> None:
    _hold(
        isinstance(value, str) and 0 < len(value) <= 128,
        place,
        name,
        value,
        "write a name, such as Describe*",
    )
    if name == "operation":
        known = any(fnmatchcase(each, value) for each in operation_names())
        _hold(
            known,
            place,
            name,
            value,
            "write the name of an operation, such as DescribeTrainingJob, or Describe*",
        )


def _times(place: str, name: str, value: Any) -> None:
    whole = isinstance(value, int) and not isinstance(value, bool)
    _hold(
        whole and 0 < value <= MOST_TIMES, place, name, value, f"write a whole number from 1 to {MOST_TIMES}"
    )


def _seconds(place: str, name: str, value: Any) -> None:
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    _hold(
        number and 0 <= value <= LONGEST_SECONDS,
        place,
        name,
        value,
        f"write seconds, at most {LONGEST_SECONDS:g}",
    )


def _hold(holds: bool, place: str, name: str, value: Any, mend: str) -> None:
    if not holds:
        raise BadRules(f"{place} has {name} {json.dumps(value)[:80]}; {mend}")
