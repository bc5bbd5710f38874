"""What the server is told at start; nothing else reads flags or the environment."""

from __future__ import annotations

import argparse
import os
import shlex
import sys
from dataclasses import dataclass, field
from pathlib import Path

from .fault_rules import LARGEST, BadRules, Rule, read_rules

PACKAGES = Path(__file__).resolve().parent.parent
BUILT_IN_IMAGES = {
    "sagemaker-xgboost": (sys.executable, "-m", "containers.xgboost"),
    "sagemaker-scikit-learn": (sys.executable, "-m", "containers.sklearn"),
}


@dataclass(frozen=True)
class Settings:
    """Seconds for every duration; `images` maps a repository's name to the command that takes train or
    serve."""

    port: int
    state: Path
    host: str = "127.0.0.1"
    region: str = "us-east-1"
    account: str = "000000000000"
    images: dict[str, tuple[str, ...]] = field(default_factory=lambda: dict(BUILT_IN_IMAGES))
    stop_grace: float = 120.0
    metric_period: float = 5.0
    log_period: float = 0.5
    capture_period: float = 2.0
    startup_timeout: float = 300.0
    invocation_timeout: float = 60.0
    drain_timeout: float = 65.0
    glue_minute: float = 60.0
    aws: str | None = None
    spark: Path = PACKAGES.parent / ".venv-spark"
    faults: tuple[Rule, ...] = ()


def _image(text: str) -> tuple[str, tuple[str, ...]]:
    name, equals, command = text.partition("=")
    if not equals or not name or not shlex.split(command):
        raise argparse.ArgumentTypeError(
            f'"{text}" is no image: write <repository>=<command>, such as mine="python serve.py"'
        )
    return name, tuple(shlex.split(command))


def _rules(file: str) -> tuple[Rule, ...]:
    try:
        with open(file, "rb") as source:
            return tuple(read_rules(source.read(LARGEST + 1)))
    except (OSError, BadRules) as error:
        raise argparse.ArgumentTypeError(f"{file}: {error}") from error


def _seconds(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 < value < 1e6:
        raise argparse.ArgumentTypeError(f'"{text}" is no duration: write seconds, more than 0')
    return value


def read_settings(argv: list[str] | None = None) -> Settings:
    """Parses flags (see --help); exits with a usage message when one is wrong."""
    defaults = {f.name: f.default for f in Settings.__dataclass_fields__.values()}
    parser = argparse.ArgumentParser(prog="sagemaker_server", description=__doc__)
    parser.add_argument("--port", type=int, required=True, help="where to listen, on loopback")
    parser.add_argument(
        "--state", type=Path, required=True, help="the folder that keeps state and job folders"
    )
    parser.add_argument("--host", default=defaults["host"])
    parser.add_argument("--region", default=os.environ.get("AWS_REGION", defaults["region"]))
    parser.add_argument("--account", default=defaults["account"])
    parser.add_argument(
        "--image",
        type=_image,
        action="append",
        default=[],
        metavar="REPOSITORY=COMMAND",
        help="one more image, by its repository's name; the command gets train or serve as last argument",
    )
    parser.add_argument(
        "--faults", type=_rules, default=(), metavar="FILE", help="rules of faults, as PUT /faults takes them"
    )
    parser.add_argument(
        "--aws", default=os.environ.get("AWS_ENDPOINT_URL"), metavar="URL", help="who keeps Glue's catalog"
    )
    parser.add_argument(
        "--spark", type=Path, default=defaults["spark"], metavar="FOLDER", help="the environment of Spark jobs"
    )
    durations = {
        "stop_grace": "from SIGTERM to SIGKILL when a job is stopped",
        "metric_period": "between two publications of endpoint metrics",
        "log_period": "between two deliveries of log lines",
        "capture_period": "between two deliveries of captured data",
        "startup_timeout": "for a model server to answer /ping",
        "invocation_timeout": "for a model server to answer an invocation",
        "drain_timeout": "for requests under way when a variant is replaced",
        "glue_minute": "for a minute of the Timeout of a Glue job",
    }
    for name, text in durations.items():
        parser.add_argument(
            f"--{name.replace('_', '-')}", type=_seconds, default=defaults[name], metavar="SECONDS",
            help=f"{text} (default {defaults[name]:g})",
        )  # fmt: skip
    given = vars(parser.parse_args(argv))
    images = {**BUILT_IN_IMAGES, **dict(given.pop("image"))}
    given["state"], given["spark"] = given["state"].absolute(), given["spark"].absolute()
    return Settings(images=images, **given)
