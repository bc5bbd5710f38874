"""The process of a run: its Python, its environment, its command."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from sagemaker_server import folder
from sagemaker_server.settings import Settings
from sagemaker_server.state import Doc

from . import spark
from .arguments import command_line, resolved
from .report import file_of

if TYPE_CHECKING:
    from .script import Script

LAUNCH = Path(__file__).with_name("launch.py")
RUNTIME = Path(__file__).with_name("runtime")


def check(settings: Settings, run: Doc) -> None:
    """Raises `JobFailure` that names the mend when the machine cannot run such a job."""
    if _is_spark(run):
        spark.check(settings)


def python(settings: Settings, run: Doc) -> str:
    return str(spark.python(settings)) if _is_spark(run) else sys.executable


def program(settings: Settings, run: Doc, base: Path, script: Script) -> tuple[list[str], dict[str, str]]:
    """The command and its environment."""
    env = environment(settings, base, script.paths)
    if _is_spark(run):
        env.update(spark.environment(settings, base, env, resolved(run), script.jars))
    command = [python(settings, run), str(LAUNCH), str(file_of(base)), str(script.file), *command_line(run)]
    return command, env


def environment(settings: Settings, base: Path, paths: list[Path]) -> dict[str, str]:
    """The way to the laptop's AWS, all of it, and `awsglue`; nothing of the server's own code."""
    host = "127.0.0.1" if settings.host == "0.0.0.0" else settings.host
    here = f"http://{host}:{settings.port}"
    env = folder.environment(settings, base, {"TMPDIR": str(base / "tmp")})
    del env["SAGEMAKER_BASE_DIR"]
    return {
        **{f"AWS_ENDPOINT_URL_{name}": here for name in ("GLUE", "SAGEMAKER", "SAGEMAKER_RUNTIME")},
        **env,
        "PYTHONPATH": os.pathsep.join(str(path) for path in (*paths, RUNTIME)),
    }


def _is_spark(run: Doc) -> bool:
    return run["job"]["Command"]["Name"] == "glueetl"
