"""A run's script and what it imports, from S3 and from the package index into the run's own folder."""

from __future__ import annotations

import os
import shlex
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Callable

from botocore.exceptions import ClientError

from sagemaker_server.context import Context
from sagemaker_server.errors import JobFailure
from sagemaker_server.jobs import Job
from sagemaker_server.objects import inside, split_uri
from sagemaker_server.process import Container
from sagemaker_server.state import Doc

from . import programs
from .arguments import listed, resolved
from .streams import Streams

_PIP = ("PIP_", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy",
        "SSL_CERT_", "REQUESTS_CA_BUNDLE")  # fmt: skip


@dataclass
class Script:
    """`paths` go before everything else on the way of imports; `packages` are pip's to install."""

    file: Path
    paths: list[Path] = field(default_factory=list)
    jars: list[Path] = field(default_factory=list)
    packages: list[str] = field(default_factory=list)


def fetch(ctx: Context, run: Doc, base: Path, check: Callable[[], None]) -> Script:
    """Raises `JobFailure` in Glue's words when something is not there."""
    given = resolved(run)
    location = given.get("--scriptLocation") or run["job"]["Command"]["ScriptLocation"]
    script = Script(_download(ctx, location, base / "work"), [base / "modules", base / "libs"])
    for uri in listed(given, "--extra-py-files"):
        check()
        file = _download(ctx, uri, base / "libs")
        if file.suffix == ".whl":
            script.packages.append(str(file))
        elif file.suffix in (".zip", ".egg"):
            script.paths.append(file)
        elif file.suffix != ".py":
            raise JobFailure(f"--extra-py-files takes .py, .zip, .egg and .whl files, not {uri}.")
    for uri in listed(given, "--extra-files"):
        check()
        _download(ctx, uri, base / "work")
    for uri in listed(given, "--extra-jars"):
        check()
        script.jars.append(_download(ctx, uri, base / "libs"))
    for module in listed(given, "--additional-python-modules"):
        if module.startswith("-"):
            raise JobFailure(f"--additional-python-modules takes names and s3:// wheels, not {module}.")
        script.packages.append(
            str(_download(ctx, module, base / "libs")) if module.startswith("s3://") else module
        )
    return script


def install(ctx: Context, run: Doc, base: Path, script: Script, handle: Job, streams: Streams) -> None:
    """Has pip install what the run asks for. Raises `JobFailure` with pip's last words."""
    if not script.packages:
        return
    options = shlex.split(resolved(run).get("--python-modules-installer-option", ""))
    python = programs.python(ctx.settings, run)
    command = [python, "-m", "pip", "install", "--no-input", "--disable-pip-version-check",
               "--target", str(base / "modules"), *options, *script.packages]  # fmt: skip
    env = programs.environment(ctx.settings, base, [])
    env.update({name: value for name, value in os.environ.items() if name.startswith(_PIP)})
    said = [""]

    def on_error(line: str) -> None:
        streams.error(line)
        if line.startswith("ERROR"):
            said.append(line)

    container = Container(command, env, base / "tmp", streams.output, ctx.pids, on_error)
    handle.runs(container)
    if container.wait() != 0:
        handle.check()
        raise JobFailure(
            f"LAUNCH ERROR | Python Module Installer: pip could not install {', '.join(script.packages)}:"
            f" {said[-1]}. The package index must be reachable; else give wheels in S3."
        )


def _download(ctx: Context, uri: str, folder: Path) -> Path:
    try:
        bucket, key = split_uri(uri)
    except JobFailure as failure:
        raise JobFailure(f"LAUNCH ERROR | {str(failure).removeprefix('ClientError: ')}") from failure
    file = inside(folder, PurePosixPath(key).name or "script")
    try:
        file.write_bytes(ctx.objects.read(uri))
    except ClientError as error:
        status = error.response["ResponseMetadata"]["HTTPStatusCode"]
        raise JobFailure(
            f"LAUNCH ERROR | Error downloading from S3 for bucket: {bucket}, key: {key}."
            f" {error.response['Error'].get('Message', '')} (Service: Amazon S3; Status Code: {status};"
            f" Error Code: {error.response['Error'].get('Code')})"
        ) from error
    return file
