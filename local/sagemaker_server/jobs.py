"""Jobs under way: one thread each, which can be told to stop."""

from __future__ import annotations

import sys
import threading
import traceback
from typing import Callable

from .errors import JobStopped
from .process import Container


class Job:
    """What stops a job: a flag that its thread looks at, and the container that it runs just then."""

    def __init__(self, grace: float) -> None:
        self._grace = grace
        self._lock = threading.Lock()
        self._container: Container | None = None
        self.stopping = threading.Event()
        self.reason = "Stopped"

    def check(self) -> None:
        """Raises `JobStopped` when somebody asked to stop."""
        if self.stopping.is_set():
            raise JobStopped()

    def runs(self, container: Container) -> None:
        with self._lock:
            self._container = container
        if self.stopping.is_set():
            container.stop(self._grace)

    def stop(self, reason: str = "Stopped") -> None:
        """Returns at once; the container has its grace."""
        with self._lock:
            if self.stopping.is_set():
                return
            self.reason = reason
            self.stopping.set()
            container = self._container
        if container:
            threading.Thread(target=container.stop, args=(self._grace,), daemon=True).start()


class Jobs:
    def __init__(self, grace: float) -> None:
        self._grace = grace
        self._lock = threading.Lock()
        self._running: dict[tuple[str, str], Job] = {}
        self._closed = False

    def start(self, kind: str, name: str, run: Callable[[Job], None]) -> None:
        job = Job(self._grace)
        with self._lock:
            self._running[(kind, name)] = job

        def body() -> None:
            try:
                run(job)
            except Exception:  # the job's own thread: the last place to say it
                traceback.print_exc(file=sys.stderr)
            finally:
                with self._lock:
                    self._running.pop((kind, name), None)

        threading.Thread(target=body, name=f"{kind}-{name}", daemon=True).start()

    def find(self, kind: str, name: str) -> Job | None:
        with self._lock:
            return self._running.get((kind, name))

    def count(self) -> int:
        with self._lock:
            return len(self._running)
