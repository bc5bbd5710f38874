"""A container: one command under a guard, its output line by line, and its end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import IO, Callable

from .isolation import GUARD, has_hosts, has_opt_ml
from .pidbook import PidBook

LONGEST_LINE = 65_536


class Container:
    """Starts at once. `on_line` is called from the container's own thread with each line of stdout and
    stderr; with `on_error`, which then gets those of stderr from a thread of its own, of stdout alone.

    Where the machine can (see isolation.py), `opt_ml` is /opt/ml to this container, which SAGEMAKER_BASE_DIR
    then says, and `hosts` is its /etc/hosts; elsewhere both are as if not given. `isolated` leaves it no
    network but loopback, or it ends with exit code 126: ask `isolation.has_isolation()` first.
    """

    def __init__(
        self,
        command: list[str],
        env: dict[str, str],
        cwd: Path,
        on_line: Callable[[str], None],
        pids: PidBook,
        on_error: Callable[[str], None] | None = None,
        opt_ml: Path | None = None,
        hosts: Path | None = None,
        isolated: bool = False,
    ) -> None:
        self._pids = pids
        view = [
            *(("--opt-ml", str(opt_ml)) if opt_ml and has_opt_ml() else ()),
            *(("--hosts", str(hosts)) if hosts and has_hosts() else ()),
            *(("--isolated",) if isolated else ()),
        ]
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", str(GUARD), *view, "--", *command],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE if on_error else subprocess.STDOUT,
            env=env, cwd=cwd, start_new_session=True,
        )  # fmt: skip
        self.pid = self._process.pid
        pids.add(self.pid)
        self._done = threading.Event()
        self._on_line = on_line
        self._errors: threading.Thread | None = None
        if on_error:
            self._errors = threading.Thread(
                target=self._lines, args=(self._process.stderr, on_error), daemon=True
            )
            self._errors.start()
        threading.Thread(target=self._read, name=f"container-{self.pid}", daemon=True).start()

    def wait(self, timeout: float | None = None) -> int | None:
        """The exit code (128 + n after signal n) once all output was read; None when the time is over."""
        return self._process.returncode if self._done.wait(timeout) else None

    def stop(self, grace: float) -> None:
        """SIGTERM to the whole group, SIGKILL when it is still there after `grace` seconds; gives when it
        is gone."""
        if not self._done.is_set():
            try:
                os.kill(self.pid, signal.SIGTERM)
            except ProcessLookupError:
                pass
        if not self._done.wait(grace):
            self.kill()

    def kill(self) -> None:
        """The guard kills the group when its standard input closes."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.close()
        except OSError:
            pass
        if not self._done.wait(10):
            self._process.kill()
            self._done.wait(10)

    def _read(self) -> None:
        self._lines(self._process.stdout, self._on_line)
        self._process.wait()
        if self._errors:
            self._errors.join()
        self._pids.remove(self.pid)
        if self._process.stdin:
            try:
                self._process.stdin.close()
            except OSError:
                pass
        self._done.set()

    def _lines(self, stream: IO[bytes] | None, on_line: Callable[[str], None]) -> None:
        assert stream is not None
        for raw in iter(lambda: stream.readline(LONGEST_LINE), b""):
            try:
                on_line(raw.decode("utf-8", "replace").rstrip("\r\n"))
            except Exception as error:  # a line that cannot be kept must not stop the reading
                print(f"sagemaker_server: a line of process {self.pid} was lost: {error!r}", file=sys.stderr)
        stream.close()
