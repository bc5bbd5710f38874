"""Requests that wait for one slow thing share its next run."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import numpy as np

Rows = list[dict[str, Any]]


class SharedRuns:
    """Calls `run` with the rows of every caller that waits, one run at a time, and gives each its own part.

    A run over 100 rows costs hardly more than one over a single row. When a shared run fails, every caller's
    rows run alone, so that one request's bad data fails no other.
    """

    def __init__(self, run: Callable[[Rows], np.ndarray], most: int) -> None:
        self._run = run
        self._most = most
        self._waiting: list[_Call] = []
        self._queue = threading.Lock()
        self._running = threading.Lock()

    def __call__(self, rows: Rows) -> np.ndarray:
        call = _Call(rows)
        with self._queue:
            self._waiting.append(call)
        with self._running:
            while call.result is None and call.error is None:
                self._serve(self._take())
        if call.error is not None:
            raise call.error
        assert call.result is not None
        return call.result

    def _take(self) -> list[_Call]:
        with self._queue:
            taken = [self._waiting.pop(0)]
            size = len(taken[0].rows)
            while self._waiting and size + len(self._waiting[0].rows) <= self._most:
                taken.append(self._waiting.pop(0))
                size += len(taken[-1].rows)
        return taken

    def _serve(self, calls: list[_Call]) -> None:
        try:
            result = self._run([row for call in calls for row in call.rows])
        except Exception as error:  # handed to the caller whose rows they are
            if len(calls) == 1:
                calls[0].error = error
                return
            for call in calls:
                self._serve([call])
            return
        at = 0
        for call in calls:
            call.result = result[at : at + len(call.rows)]
            at += len(call.rows)


class _Call:
    def __init__(self, rows: Rows) -> None:
        self.rows = rows
        self.result: np.ndarray | None = None
        self.error: Exception | None = None
