"""The times of a training job: its limits, and what of it is paid for."""

from __future__ import annotations

import math
import threading
import time
from typing import Callable

from .state import Doc


class Clock:
    """`limit` is called with the secondary status of the limit that is reached. MaxRuntimeInSeconds counts
    while the job has its instances, over all its starts; MaxWaitTimeInSeconds counts from the beginning."""

    def __init__(
        self, stopping: Doc, limit: Callable[[str], None], started: float | None = None
    ) -> None:
        """`started` is of a job that an earlier server began. Its limits count anew: what it lost by the end of
        that server must not end it."""
        self._runtime: float = stopping["MaxRuntimeInSeconds"]
        self._wait: float | None = stopping.get("MaxWaitTimeInSeconds")
        self._limit = limit
        self._timers: dict[str, threading.Timer] = {}
        self._had = 0.0
        self._since: float | None = None
        # Unix time at which the job first had its instances.
        self.started = started

    def wait_begins(self) -> None:
        if self._wait is not None:
            self._set("MaxWaitTimeExceeded", self._wait)

    def instances_come(self) -> None:
        now = time.time()
        self.started = self.started or now
        self._since = now
        self._set("MaxRuntimeExceeded", max(0.0, self._runtime - self._had))

    def trained(self) -> None:
        """What follows is the upload, which has all the time that it needs."""
        self._cancel("MaxRuntimeExceeded")

    def instances_go(self) -> None:
        if self._since is not None:
            self._had += max(0.0, time.time() - self._since)
            self._since = None
        self._cancel("MaxRuntimeExceeded")

    def had(self) -> float:
        """Seconds with instances so far: what is billed."""
        return self._had + (max(0.0, time.time() - self._since) if self._since is not None else 0.0)

    def goes_on(self, had: float) -> None:
        """For a job that has nothing left to do but its upload."""
        self._had, self._since = had, time.time()

    def close(self) -> None:
        for reason in list(self._timers):
            self._cancel(reason)

    def times(self, now: float) -> Doc:
        """TrainingTimeInSeconds from the first instances to `now`; BillableTimeInSeconds without the time in
        which the job waited for instances again. Neither of them for a job that never had any."""
        if self.started is None:
            return {}
        return {
            "TrainingTimeInSeconds": max(1, math.ceil(now - self.started)),
            "BillableTimeInSeconds": max(1, math.ceil(self.had())),
        }

    def _set(self, reason: str, seconds: float) -> None:
        timer = threading.Timer(min(seconds, threading.TIMEOUT_MAX), self._limit, args=(reason,))
        timer.daemon = True
        self._timers[reason] = timer
        timer.start()

    def _cancel(self, reason: str) -> None:
        timer = self._timers.pop(reason, None)
        if timer:
            timer.cancel()
