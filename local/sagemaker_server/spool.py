"""Lines that wait on disk until they are delivered: written before anybody is answered, and read again by
the next server when this one is killed."""

from __future__ import annotations

import threading
import uuid
from pathlib import Path
from typing import IO


class Spool:
    """`add` writes to the file that is open just then; `take` closes it, and gives all files that are still
    to be delivered, oldest first. Who has delivered a file's lines removes it."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._lock = threading.Lock()
        self._open: IO[bytes] | None = None
        self._closed = sorted(folder.iterdir(), key=lambda file: file.stat().st_mtime_ns)

    def add(self, line: bytes) -> None:
        with self._lock:
            if not self._open:
                # Without a buffer: what is written outlives a kill.
                self._open = (self._folder / uuid.uuid4().hex).open("ab", buffering=0)
            self._open.write(line + b"\n")

    def take(self) -> list[Path]:
        with self._lock:
            if self._open:
                self._open.close()
                self._closed.append(Path(self._open.name))
                self._open = None
            return list(self._closed)

    def remove(self, file: Path) -> None:
        with self._lock:
            self._closed.remove(file)
        file.unlink()


def lines(file: Path) -> list[bytes]:
    """Its whole lines; one that a kill has cut short was of a request without an answer."""
    return file.read_bytes().split(b"\n")[:-1]
