"""Jobs under way: one thread each, which can be told to stop."""

from __future__ import annotations

import sys
import threading
import traceback
from typing import TYPE_CHECKING, Callable

from .errors import JobStopped
from .process import Container

if TYPE_CHECKING:
    from .progress import Progress


class Job:
    """What stops a job: a flag that its thread looks at, and the containers that it runs just then."""

    def __init__(self, grace: float) -> None:
        self._grace = grace
        self._lock = threading.Lock()
        self._containers: tuple[Container, ...] = ()
        self.stopping = threading.Event()
        self.reason = "Stopped"
        # What a training job measured so far.
        self.progress: Progress | None = None

    def check(self) -> None:
        """Raises `JobStopped` when somebody asked to stop."""
        if self.stopping.is_set():
            raise JobStopped()

    def runs(self, *containers: Container) -> None:
        """These and no others run now."""
        with self._lock:
            self._containers = containers
        if self.stopping.is_set():
            self.end_containers()

    def stop(self, reason: str = "Stopped") -> None:
        """Returns at once; the containers have their grace."""
        with self._lock:
            if self.stopping.is_set():
                return
            self.reason = reason
            self.stopping.set()
        self.end_containers()

    def end_containers(self) -> None:
        """SIGTERM to all of them now, SIGKILL after the grace; returns at once."""
        with self._lock:
            containers = self._containers
        for container in containers:
            threading.Thread(target=container.stop, args=(self._grace,), daemon=True).start()


class Jobs:
    def __init__(self, grace: float) -> None:
        self._grace = grace
        self._lock = threading.Lock()
        self._running: dict[tuple[str, str], Job] = {}
        self._closed = False

    def start(
        self, kind: str, name: str, run: Callable[[Job], None], stopped: str | None = None
    ) -> None:
        """`stopped` is why it is to stop from its first step on."""
        job = Job(self._grace)
        if stopped:
            job.stop(stopped)
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
