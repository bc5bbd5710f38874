"""Which views of its own this machine can give to a container; tried once, with a real one."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from functools import lru_cache
from pathlib import Path

GUARD = Path(__file__).with_name("guard.py")
PATIENCE = 20


@lru_cache(maxsize=None)
def has_opt_ml() -> bool:
    """Whether a folder can be /opt/ml to one container alone: on Linux, as root or with user namespaces for
    all."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "here").touch()
        return _works("--opt-ml", folder, "--", "test", "-f", "/opt/ml/here")


@lru_cache(maxsize=None)
def has_hosts() -> bool:
    """Whether a container can have an /etc/hosts of its own."""
    with tempfile.NamedTemporaryFile() as hosts:
        return _works("--hosts", hosts.name, "--", "test", "!", "-s", "/etc/hosts")


@lru_cache(maxsize=None)
def has_isolation() -> bool:
    """Whether a container can be cut off the network."""
    return _works("--isolated", "--", "true")


def _works(*arguments: str) -> bool:
    if sys.platform != "linux":
        return False
    command = [sys.executable, "-I", "-S", str(GUARD), *arguments]
    try:
        # The guard's standard input stays open as long as it shall run.
        with subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        ) as tried:
            return tried.wait(PATIENCE) == 0
    except (OSError, subprocess.TimeoutExpired):
        return False
