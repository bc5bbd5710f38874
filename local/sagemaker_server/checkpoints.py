"""A training job's checkpoints: they come down from S3 at each start, and go up while the job trains."""

from __future__ import annotations

import sys
import threading
from pathlib import Path, PurePosixPath
from typing import Sequence

from boto3.exceptions import Boto3Error
from botocore.exceptions import BotoCoreError, ClientError

from .errors import JobFailure
from .objects import Objects, inside, join_uri
from .state import Doc

SYNC_EVERY = 1.0
DEFAULT_PATH = "/opt/ml/checkpoints"
Seen = tuple[int, int]


class Checkpoints:
    """Of all hosts of a job; a job without CheckpointConfig has none, and every call does nothing."""

    def __init__(self, objects: Objects, config: Doc | None, bases: Sequence[Path]) -> None:
        self._objects = objects
        self._uri = config["S3Uri"] if config else None
        place = PurePosixPath((config or {}).get("LocalPath") or DEFAULT_PATH)
        self._folders = [base.joinpath(*place.parts[3:]) for base in bases]
        self._there: dict[Path, Seen] = {}
        self._before: dict[Path, Seen] = {}
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None

    def restore(self) -> None:
        """Every host gets all that is in S3."""
        self._there = {}
        for folder in self._folders:
            folder.mkdir(parents=True, exist_ok=True)
            for item in self._objects.below(f"{self._uri.rstrip('/')}/") if self._uri else ():
                file = inside(folder, item.relative)
                self._objects.download(item, file)
                self._there[file] = _look(file)

    def keep_up(self) -> None:
        """Sends, until `finish`, each file that has stayed the same between two looks."""
        if not self._uri:
            return
        self._ended = threading.Event()
        self._before = {}
        self._thread = threading.Thread(target=self._run, name="checkpoints", daemon=True)
        self._thread.start()

    def finish(self) -> None:
        """Sends what is not there yet; the container has ended. Raises JobFailure."""
        self._ended.set()
        if self._thread:
            self._thread.join()
            self._thread = None
        try:
            self._send(settled=False)
        except (Boto3Error, BotoCoreError, ClientError, OSError) as error:
            raise JobFailure(
                f"ClientError: Checkpoints could not be written to {self._uri}: {error}"
            ) from error

    def _run(self) -> None:
        while not self._ended.wait(SYNC_EVERY):
            try:
                self._send(settled=True)
            except (Boto3Error, BotoCoreError, ClientError, OSError, JobFailure) as error:
                print(f"sagemaker_server: checkpoints wait for the next try: {error}", file=sys.stderr)

    def _send(self, settled: bool) -> None:
        if not self._uri:
            return
        now: dict[Path, Seen] = {}
        for folder in self._folders:
            for file in sorted(folder.rglob("*")):
                try:
                    if not file.is_file():
                        continue
                    now[file] = _look(file)
                    if self._there.get(file) == now[file] or (
                        settled and self._before.get(file) != now[file]
                    ):
                        continue
                    self._objects.upload(file, join_uri(self._uri, file.relative_to(folder).as_posix()))
                    self._there[file] = now[file]
                except FileNotFoundError:
                    continue  # the script took it away meanwhile
        self._before = now


def _look(file: Path) -> Seen:
    stat = file.stat()
    return stat.st_mtime_ns, stat.st_size
