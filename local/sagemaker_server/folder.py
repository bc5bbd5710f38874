"""A container's folder, which plays /opt/ml, and its environment."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

from .settings import PACKAGES, Settings

_PASSED = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "LD_LIBRARY_PATH", "SSL_CERT_FILE")


def fresh(folder: Path, *parts: str) -> Path:
    """An empty folder with these below it."""
    shutil.rmtree(folder, ignore_errors=True)
    for part in parts:
        (folder / part).mkdir(parents=True)
    return folder


def write_json(file: Path, value: Any) -> None:
    file.write_text(json.dumps(value))


def environment(
    settings: Settings, base: Path, own: dict[str, str], isolated: bool = False
) -> dict[str, str]:
    """What a container sees: the way to AWS (not when it is `isolated`), its folder, and what the request
    gave; not all of the server's own."""
    ways = () if isolated else ("AWS_",)
    passed = {name: value for name, value in os.environ.items() if name in _PASSED or name.startswith(ways)}
    return {
        **passed,
        "AWS_REGION": settings.region,
        "AWS_DEFAULT_REGION": settings.region,
        "PYTHONPATH": str(PACKAGES),
        "PYTHONUNBUFFERED": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        **own,
        "SAGEMAKER_BASE_DIR": str(base),
    }
