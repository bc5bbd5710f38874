"""The files of a training job's channels, and the transform among them."""

from __future__ import annotations

import json
import tarfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from failures import TrainingFailure

FORMAT = 2


def files_of(channel: str, environment: Mapping[str, str]) -> list[Path]:
    """A channel's files, by name. Raises `TrainingFailure` when there is none."""
    folder = environment.get(f"SM_CHANNEL_{channel.upper()}")
    if not folder:
        given = ", ".join(json.loads(environment.get("SM_CHANNELS", "[]"))) or "none"
        raise TrainingFailure(f"channel {channel} is missing: the job has {given}; add it to InputDataConfig")
    files = sorted(f for f in Path(folder).rglob("*") if f.is_file() and f.name[0] not in "._")
    if not files:
        raise TrainingFailure(f"channel {channel} is empty: no file is under its S3 uri")
    return files


def unpack_transform(environment: Mapping[str, str], into: Path) -> dict[str, Any]:
    """Unpacks the `transform` channel's archive into a folder; gives its transform.json."""
    files = files_of("transform", environment)
    archives = [file for file in files if file.name.endswith((".tar.gz", ".tgz"))]
    if len(archives) != 1:
        found = ", ".join(file.name for file in files)
        raise TrainingFailure(f"channel transform: expected one transform.tar.gz, found {found}")
    try:
        with tarfile.open(archives[0]) as archive:
            _extract(archive, into)
        spec = json.loads((into / "transform.json").read_text("utf-8"))
        if spec.get("format") != FORMAT:
            raise ValueError(f"its format is {spec.get('format')!r}, this code reads {FORMAT}")
        return spec
    except (tarfile.TarError, OSError, EOFError, ValueError) as error:
        raise TrainingFailure(
            f"channel transform: {archives[0].name} cannot be used: {error}; prepare it again"
        ) from error


def _extract(archive: tarfile.TarFile, into: Path) -> None:
    """Regular files only, and none outside the folder."""
    root = into.resolve()
    for member in archive.getmembers():
        target = (into / member.name).resolve()
        if not target.is_relative_to(root) or not (member.isfile() or member.isdir()):
            raise ValueError(f"{member.name} is not a file inside the archive")
        if member.isdir():
            target.mkdir(parents=True, exist_ok=True)
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        source = archive.extractfile(member)
        assert source is not None
        target.write_bytes(source.read())
