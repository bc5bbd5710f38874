"""Bringing a customer's code into the container: from S3 or a folder, with what it requires."""

from __future__ import annotations

import importlib.metadata
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from urllib.parse import urlparse

from .errors import ClientError, InstallRequirementsError
from .layout import Layout

_PINNED = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:==\s*([A-Za-z0-9.+!]+))?\s*(?:#.*)?\Z")
PIP = [sys.executable, "-m", "pip", "install", "--disable-pip-version-check", "--no-input"]


def fetch(layout: Layout, source: str, program: str) -> None:
    """Fills the code folder from `s3://…/sourcedir.tar.gz`, an archive or a folder. Raises `ClientError`."""
    if source.startswith("s3://"):
        with tempfile.TemporaryDirectory() as work:
            archive = Path(work) / "sourcedir.tar.gz"
            _download(source, archive)
            _unpack(archive, layout.code, source)
    else:
        local = Path(layout.moved(source)).resolve()
        if local.is_dir():
            if local != layout.code:
                shutil.rmtree(layout.code, ignore_errors=True)
                shutil.copytree(local, layout.code)
        elif local.is_file():
            _unpack(local, layout.code, source)
        else:
            raise ClientError(
                f"the submit directory {source} does not exist; give an s3:// uri, an archive or a folder"
            )
    if not (layout.code / program).is_file():
        raise ClientError(f"the submit directory {source} has no {program}; put it at the top of the archive")


def install_requirements(layout: Layout) -> None:
    """Installs requirements.txt beside the code, unless all is here. Raises `InstallRequirementsError`."""
    file = layout.code / "requirements.txt"
    if not file.is_file() or _all_here(layout, file):
        return
    print("Installing dependencies from requirements.txt", flush=True)
    result = _pip(layout, "--target", str(layout.packages), "--upgrade")
    print(result.stdout, end="", flush=True)
    if result.returncode:
        errors = [line for line in result.stdout.splitlines() if line.startswith("ERROR")]
        message = "\n".join(errors or result.stdout.splitlines()[-5:])
        raise InstallRequirementsError(result.args, result.returncode, message)


def _all_here(layout: Layout, file: Path) -> bool:
    """Names and pins are looked up (pip needs half a second to start); pip judges all else."""
    lines = [line.strip() for line in file.read_text("utf-8").splitlines()]
    lines = [line for line in lines if line and not line.startswith("#")]
    matches = [_PINNED.match(line) for line in lines]
    if all(matches):
        return all(match and _is_here(match[1], match[2]) for match in matches)
    result = _pip(layout, "--dry-run", "--no-index")
    return result.returncode == 0 and "Would install" not in result.stdout


def _pip(layout: Layout, *options: str) -> subprocess.CompletedProcess[str]:
    command = [*PIP, *options, "-r", "requirements.txt"]
    return subprocess.run(
        command,
        cwd=layout.code,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )


def _is_here(name: str, pin: str | None) -> bool:
    try:
        return importlib.metadata.version(name) == pin or pin is None
    except importlib.metadata.PackageNotFoundError:
        return False


def _download(uri: str, to: Path) -> None:
    import boto3
    from boto3.exceptions import Boto3Error
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError, ClientError as AwsError

    place = urlparse(uri)
    options = Config(
        connect_timeout=5, read_timeout=60, retries={"max_attempts": 5}, s3={"addressing_style": "path"}
    )
    try:
        boto3.client("s3", config=options).download_file(place.netloc, place.path.lstrip("/"), str(to))
    except (AwsError, BotoCoreError, Boto3Error) as error:
        raise ClientError(f"the submit directory {uri} cannot be downloaded: {error}") from error


def _unpack(archive: Path, into: Path, source: str) -> None:
    into.mkdir(parents=True, exist_ok=True)
    root = into.resolve()
    try:
        with tarfile.open(archive) as tar:
            for member in tar.getmembers():
                if not (root / member.name).resolve().is_relative_to(root) or not (
                    member.isfile() or member.isdir()
                ):
                    raise ClientError(
                        f"the submit directory {source}: {member.name} is not a file inside the archive"
                    )
            tar.extractall(into)
    except (tarfile.TarError, OSError, EOFError) as error:
        raise ClientError(f"the submit directory {source} is not a tar.gz archive: {error}") from error
