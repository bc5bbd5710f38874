"""The rules of faults.py as a training job meets them."""

from __future__ import annotations

import time
from typing import Literal

from .context import Context
from .fault_rules import Rule

Fault = Literal["spot-interruption", "internal"]


class Faults:
    def __init__(self, ctx: Context, job: str, spot: bool) -> None:
        self._ctx = ctx
        self._job = job
        self.spot = spot

    def take(self, fault: str) -> Rule | None:
        return self._ctx.faults.take(self._job, fault)

    def watch(self) -> Watch:
        """From now on the job trains."""
        return Watch(self, ("spot-interruption", "internal") if self.spot else ("internal",))


class Watch:
    """Looks for rules while the job trains, also for those put meanwhile; `after` counts from its
    beginning."""

    def __init__(self, faults: Faults, kinds: tuple[Fault, ...]) -> None:
        self._faults = faults
        self._kinds = kinds
        self._began = time.monotonic()
        self._due: dict[Fault, float] = {}
        self.fault: Fault | None = None

    def happened(self) -> Fault | None:
        for kind in self._kinds:
            if kind not in self._due and (rule := self._faults.take(kind)):
                self._due[kind] = self._began + rule.after
            if self.fault is None and time.monotonic() >= self._due.get(kind, float("inf")):
                self.fault = kind
        return self.fault
