"""Which processes are ours, kept on disk: after a crash of the server, none of them may live on."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

from .state import State

KIND = "process"


def started(pid: int) -> str | None:
    """When a process began, as text that no later process of the same id has; None when there is none."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
        fields = stat.rpartition(")")[2].split()
        return None if fields[0] == "Z" else fields[19]
    except OSError:
        pass
    if Path("/proc/self/stat").exists():
        return None
    shown = subprocess.run(
        ["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return shown.stdout.strip() or None


class PidBook:
    def __init__(self, state: State) -> None:
        self._state = state

    def add(self, pid: int) -> None:
        self._state.put(KIND, str(pid), {"pid": pid, "started": started(pid)})

    def remove(self, pid: int) -> None:
        self._state.delete(KIND, str(pid))

    def end_leftovers(self, patience: float = 5.0) -> None:
        """Sees to the end of every process that an earlier server left; they end by themselves, or are
        killed."""
        left = [doc for doc in self._state.all(KIND) if doc["started"]]
        until = time.monotonic() + patience
        while left and time.monotonic() < until:
            left = [doc for doc in left if started(doc["pid"]) == doc["started"]]
            time.sleep(0.05 if left else 0)
        for doc in left:
            if started(doc["pid"]) == doc["started"]:
                os.kill(doc["pid"], signal.SIGKILL)
        for doc in self._state.all(KIND):
            self._state.delete(KIND, str(doc["pid"]))
