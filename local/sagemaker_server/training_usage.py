"""What the hosts of a training job use of the machine, as CloudWatch has it by the dimension Host."""

from __future__ import annotations

import time
from collections.abc import Sequence

from .context import Context
from .process import Container
from .progress import NAMESPACE
from .resources_in_use import memory_of_machine, processes, usage


class Usage:
    def __init__(self, ctx: Context, job: str, hosts: Sequence[str]) -> None:
        self._ctx = ctx
        self._hosts = [f"{job}/{host}" for host in hosts]
        self._before: dict[str, tuple[float, float]] = {}
        self._next = 0.0

    def look(self, containers: Sequence[Container]) -> None:
        """Measures when it is time to. CPUUtilization is percent of one processor since the last look, summed
        over processors; MemoryUtilization is percent of the machine's."""
        now = time.monotonic()
        if now < self._next:
            return
        self._next = now + self._ctx.settings.metric_period
        found, memory = processes(), memory_of_machine()
        for host, container in zip(self._hosts, containers):
            seconds, resident = usage(found, container.pid)
            self._add("MemoryUtilization", host, 100 * resident / memory)
            before = self._before.get(host)
            if before and seconds >= before[1]:
                self._add("CPUUtilization", host, 100 * (seconds - before[1]) / (now - before[0]))
            self._before[host] = (now, seconds)

    def _add(self, name: str, host: str, value: float) -> None:
        self._ctx.metrics.add(NAMESPACE, name, "Percent", {"Host": host}, value)
