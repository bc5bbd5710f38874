"""Requests that wait for one slow thing share its next run."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from queue import Empty, SimpleQueue
from typing import Any

import numpy as np

Rows = list[dict[str, Any]]


class SharedRuns:
    """Calls `run` in a thread of its own, each time with the rows of all who wait; gives each its own part
    of the result, which has a row a row.

    A run over 100 rows costs hardly more than one over a single row. When a shared run fails, every caller's
    rows run alone, so that one request's bad data fails no other.
    """

    def __init__(self, run: Callable[[Rows], np.ndarray], enough: int) -> None:
        """A run that has `enough` rows takes no further caller's."""
        self._run = run
        self._enough = enough
        self._waiting: SimpleQueue[_Call] = SimpleQueue()
        threading.Thread(target=self._serve_forever, name="shared-runs", daemon=True).start()

    def __call__(self, rows: Rows) -> np.ndarray:
        call = _Call(rows)
        self._waiting.put(call)
        return call.result.result()

    def _serve_forever(self) -> None:
        while True:
            self._serve(self._take())

    def _take(self) -> list[_Call]:
        taken = [self._waiting.get()]
        size = len(taken[0].rows)
        while size < self._enough:
            try:
                taken.append(self._waiting.get_nowait())
            except Empty:
                break
            size += len(taken[-1].rows)
        return taken

    def _serve(self, calls: list[_Call]) -> None:
        try:
            result = self._run([row for call in calls for row in call.rows])
        except Exception as error:  # flies on in the caller whose rows they are
            if len(calls) == 1:
                calls[0].result.set_exception(error)
                return
            for call in calls:
                self._serve([call])
            return
        at = 0
        for call in calls:
            call.result.set_result(result[at : at + len(call.rows)])
            at += len(call.rows)


class _Call:
    def __init__(self, rows: Rows) -> None:
        self.rows = rows
        self.result: Future[np.ndarray] = Future()
