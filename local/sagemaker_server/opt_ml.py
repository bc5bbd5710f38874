"""A job's folder as /opt/ml in the words of a request, for a machine that cannot have it there (isolation.py)."""

from __future__ import annotations

import re
from pathlib import Path

_PATH = re.compile(r"(?<![\w./-])/opt/ml(?=/|$|[\s\"':,;])")


def moved(text: str, base: Path) -> str:
    """A text whose paths below /opt/ml lie below `base`."""
    return _PATH.sub(lambda _: str(base), text)


def local(path: str, base: Path) -> Path:
    """Where a path below /opt/ml lies."""
    return base / path.removeprefix("/opt/ml").lstrip("/")
