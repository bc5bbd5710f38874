"""A job's folder as /opt/ml: really there, where the system allows it; else in the words of the request."""

from __future__ import annotations

import functools
import re
import subprocess
import sys
import tempfile
from pathlib import Path

SCRIPT = Path(__file__).with_name("private_opt_ml.py")
_PATH = re.compile(r"(?<![\w./-])/opt/ml(?=/|$|[\s\"':,;])")


def seeing(base: Path, command: list[str], isolated: bool = False) -> list[str]:
    """The command, run where `base` is /opt/ml; only where `can_be_private(isolated)`."""
    network = "isolated" if isolated else "shared"
    return [sys.executable, "-I", "-S", str(SCRIPT), str(base), network, *command]


@functools.cache
def can_be_private(isolated: bool = False) -> bool:
    """Whether this machine lets us give a command an /opt/ml (and, isolated, a network) of its own."""
    if sys.platform != "linux":
        return False
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "here").touch()
        command = seeing(Path(folder), ["/bin/sh", "-c", "test -e /opt/ml/here"], isolated)
        return subprocess.run(command, capture_output=True, timeout=60).returncode == 0


def moved(text: str, base: Path) -> str:
    """A text whose paths below /opt/ml lie below `base`."""
    return _PATH.sub(lambda _: str(base), text)


def local(path: str, base: Path) -> Path:
    """Where a path below /opt/ml lies."""
    return base / path.removeprefix("/opt/ml").lstrip("/")
