"""The bracket around a Spark script, without bookmarks: jobs that ask for them do not start."""

from __future__ import annotations

from typing import Any


class Job:
    def __init__(self, glue_context: Any) -> None:
        self._name: str | None = None

    def init(self, job_name: str, args: dict[str, str] | None = None) -> None:
        self._name = job_name

    def isInitialized(self) -> bool:
        return self._name is not None

    def commit(self) -> None:
        """Nothing is kept between runs without bookmarks, on AWS as here."""
        if self._name is None:
            raise RuntimeError("Job.commit() was called before Job.init().")
