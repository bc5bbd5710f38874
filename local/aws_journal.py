"""Requests that a state on disk does not know of yet, in the order in which they were answered."""

import json
import uuid
from pathlib import Path
from typing import Any


class Journal:
    """One file of JSON lines for each state that was written: the state names the file that goes on from it, so that no request is
    served twice, or lost, whenever the program is killed."""

    def __init__(self, folder: Path, key: str) -> None:
        self._folder, self._key = folder, key
        self._name = self._of_state() or f"{key}.first.journal"
        self._file = self._open()

    def add(self, request: dict[str, Any]) -> None:
        self._file.write(json.dumps(request).encode() + b"\n")

    def left(self) -> list[dict[str, Any]]:
        """The requests since the last state; a line that a kill has cut short was of a request without an answer."""
        lines = (self._folder / self._name).read_bytes().split(b"\n")[:-1]
        return [json.loads(line) for line in lines]

    def fresh(self) -> str:
        """Begins another file, and gives its name: what is added from now on belongs to the state that is being written."""
        self._name = f"{self._key}.{uuid.uuid4().hex}.journal"
        self._file.close()
        self._file = self._open()
        return self._name

    def drop_old(self) -> None:
        """The state that names the file is there."""
        for file in self._folder.glob(f"{self._key}.*.journal"):
            if file.name != self._name:
                file.unlink()

    def _open(self) -> Any:
        # Without a buffer: what is written outlives a kill.
        return (self._folder / self._name).open("ab", buffering=0)

    def _of_state(self) -> str | None:
        try:
            return json.loads((self._folder / f"{self._key}.json").read_bytes()).get("journal")
        except FileNotFoundError:
            return None
