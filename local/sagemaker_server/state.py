"""What the server knows, in one SQLite file: documents by kind and name, each change written before it is
answered."""

from __future__ import annotations

import json
import sqlite3
import threading
import time
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any, Callable, Iterator

Doc = dict[str, Any]
# Documents that were created later than this are not seen; see State.blind.
_seen_until: ContextVar[float] = ContextVar("seen_until", default=float("inf"))


class State:
    """Documents are plain JSON; what is given out is always a copy."""

    def __init__(self, file: Path) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.RLock()
        self._db = sqlite3.connect(file, check_same_thread=False, isolation_level=None)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=NORMAL")
        self._db.execute(
            "CREATE TABLE IF NOT EXISTS document (kind TEXT, name TEXT, doc TEXT NOT NULL, PRIMARY KEY"
            " (kind, name))"
        )

    def get(self, kind: str, name: str) -> Doc | None:
        with self._lock:
            row = self._db.execute(
                "SELECT doc FROM document WHERE kind = ? AND name = ?", (kind, name)
            ).fetchone()
        doc = json.loads(row[0]) if row else None
        return doc if doc is not None and _seen(doc) else None

    def all(self, kind: str) -> list[Doc]:
        with self._lock:
            rows = self._db.execute(
                "SELECT doc FROM document WHERE kind = ? ORDER BY name", (kind,)
            ).fetchall()
        return [doc for row in rows if _seen(doc := json.loads(row[0]))]

    def insert(self, kind: str, name: str, doc: Doc) -> bool:
        """False, and nothing done, when the name is taken."""
        with self._lock:
            done = self._db.execute(
                "INSERT OR IGNORE INTO document VALUES (?, ?, ?)", (kind, name, json.dumps(doc))
            )
            return done.rowcount == 1

    def put(self, kind: str, name: str, doc: Doc) -> None:
        with self._lock:
            self._db.execute(
                "INSERT OR REPLACE INTO document VALUES (?, ?, ?)", (kind, name, json.dumps(doc))
            )

    def update(self, kind: str, name: str, change: Callable[[Doc], None]) -> Doc | None:
        """Reads, changes and writes as one; None when there is no such document. An exception leaves it as
        it was."""
        with self._lock:
            doc = self.get(kind, name)
            if doc is None:
                return None
            change(doc)
            if "LastModifiedTime" in doc:
                doc["LastModifiedTime"] = time.time()
            self.put(kind, name, doc)
            return doc

    def delete(self, kind: str, name: str) -> bool:
        with self._lock:
            done = self._db.execute("DELETE FROM document WHERE kind = ? AND name = ?", (kind, name))
            return done.rowcount == 1

    @contextmanager
    def locked(self) -> Iterator[None]:
        """For a decision that rests on several documents, and for changes that belong together: all of them
        are written as one, or, after an exception or a kill, none."""
        with self._lock:
            if self._db.in_transaction:
                yield
                return
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    @contextmanager
    def blind(self, seconds: float) -> Iterator[None]:
        """Within it, this thread does not see what is younger, as if the store were only eventually
        consistent."""
        token = _seen_until.set(time.time() - seconds if seconds else float("inf"))
        try:
            yield
        finally:
            _seen_until.reset(token)

    def close(self) -> None:
        with self._lock:
            self._db.close()


def _seen(doc: Doc) -> bool:
    return doc.get("CreationTime", 0) <= _seen_until.get()
