"""Faults on request: rules by which operations and jobs go wrong as they do on AWS."""

from __future__ import annotations

import threading
from dataclasses import asdict, dataclass, replace
from fnmatch import fnmatchcase
from typing import Any, Iterable

from .errors import ServiceError
from .fault_rules import Rule

_READS = ("Describe", "List")
_ERRORS = {
    "throttling": ("ThrottlingException", "Rate exceeded", 400),
    "internal": (
        "InternalFailure",
        "The request processing has failed because of an unknown error, exception or failure.",
        500,
    ),
    "unavailable": (
        "ServiceUnavailable",
        "The request has failed due to a temporary failure of the server.",
        503,
    ),
}


@dataclass(frozen=True)
class Met:
    """What a call meets: it waits `delay` seconds, does not see what is younger than `unseen` seconds, and
    ends in `error` or with its connection cut before or after its effect (`reset`)."""

    delay: float = 0.0
    unseen: float = 0.0
    error: ServiceError | None = None
    reset: str | None = None


class Faults:
    """The rules in force; safe to use from any thread."""

    def __init__(self, rules: Iterable[Rule] = ()) -> None:
        self._lock = threading.Lock()
        self._rules = list(rules)

    def put(self, rules: Iterable[Rule]) -> None:
        with self._lock:
            self._rules = list(rules)

    def shown(self) -> list[dict[str, Any]]:
        """As they were put, `times` being what is left; rules that are used up are gone."""
        with self._lock:
            rules = list(self._rules)
        return [_shown(rule) for rule in rules]

    def take(self, job: str, fault: str) -> Rule | None:
        """The first rule for this job and fault, counted down; None when there is none."""
        with self._lock:
            for rule in self._rules:
                if rule.job and rule.fault == fault and fnmatchcase(job, rule.job):
                    self._count(rule)
                    return rule
        return None

    def meet(self, operation: str) -> Met:
        """What a call of the operation meets; every rule that has a part in it is counted down. Delays and
        eventual consistency go together; the first rule that ends the call is the last one looked at."""
        met = Met()
        with self._lock:
            for rule in list(self._rules):
                if not rule.operation or not fnmatchcase(operation, rule.operation):
                    continue
                if rule.fault == "eventual" and not operation.startswith(_READS):
                    continue
                self._count(rule)
                met = _with(met, rule)
                if met.error or met.reset:
                    break
        return met

    def _count(self, rule: Rule) -> None:
        if rule.times is None:
            return
        place = next(index for index, each in enumerate(self._rules) if each is rule)
        if rule.times == 1:
            self._rules.pop(place)
        else:
            self._rules[place] = replace(rule, times=rule.times - 1)


def _with(met: Met, rule: Rule) -> Met:
    seconds = rule.seconds or 0.0
    if rule.fault == "delay":
        return replace(met, delay=met.delay + seconds)
    if rule.fault == "eventual":
        return replace(met, unseen=max(met.unseen, seconds))
    if rule.fault in _ERRORS:
        return replace(met, error=ServiceError(*_ERRORS[rule.fault]))
    return replace(met, reset=rule.fault.removeprefix("reset-"))


def _shown(rule: Rule) -> dict[str, Any]:
    shown = {name: value for name, value in asdict(rule).items() if value is not None}
    return shown if rule.job else {name: value for name, value in shown.items() if name != "after"}
