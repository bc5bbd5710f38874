"""Why a script failed, in the words of ErrorMessage."""

from __future__ import annotations

import json
from pathlib import Path

from sagemaker_server.state import Doc


def file_of(base: Path) -> Path:
    """Where launch.py leaves what ended the script."""
    return base / "tmp" / "glue-report.json"


def words(run: Doc, base: Path, code: int) -> str:
    """Glue gives an exit code alone when a script called exit, and the exception when it raised one."""
    try:
        said = json.loads(file_of(base).read_text())
    except (OSError, ValueError):
        return f"Command failed with exit code {code}"
    if run["job"]["Command"]["Name"] == "pythonshell":
        return said["text"]
    return f"Error Category: UNCLASSIFIED_ERROR; Failed Line Number: {said['line']}; {said['text']}"
