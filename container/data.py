"""The channels that a training job gets: `train` and `validation` in Parquet, `transform` as a tar.gz."""

from __future__ import annotations

import json
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import numpy as np

from failures import TrainingFailure


@dataclass(frozen=True)
class Part:
    """`matrix` float64, rows × features, NaN where missing; `label` float64 of 0 and 1, both there."""

    matrix: np.ndarray
    label: np.ndarray


def unpack_transform(environment: Mapping[str, str], into: Path) -> dict[str, Any]:
    """Unpacks the `transform` channel's archive into a folder; gives its transform.json."""
    files = _files("transform", environment)
    archives = [file for file in files if file.name.endswith((".tar.gz", ".tgz"))]
    if len(archives) != 1:
        found = ", ".join(file.name for file in files)
        raise TrainingFailure(f"channel transform: expected one transform.tar.gz, found {found}")
    try:
        with tarfile.open(archives[0]) as archive:
            _extract(archive, into)
        return json.loads((into / "transform.json").read_text("utf-8"))
    except (tarfile.TarError, OSError, EOFError, ValueError) as error:
        raise TrainingFailure(
            f"channel transform: {archives[0].name} cannot be used: {error}; prepare it again"
        ) from error


def read_part(channel: str, environment: Mapping[str, str], label: str, features: list[str]) -> Part:
    """A channel's rows, in their order. Raises `TrainingFailure` for what no model can be fitted to."""
    files = [str(file) for file in _files(channel, environment)]
    wanted = [label, *features]
    db = duckdb.connect(config={"threads": int(environment.get("SM_NUM_CPUS", "1"))})
    try:
        relation = db.read_parquet(files)
        _require_columns(channel, relation, wanted)
        columns = relation.project(
            ", ".join(f"CAST({_name(c)} AS DOUBLE) AS {_name(c)}" for c in wanted)
        ).fetchnumpy()
    except duckdb.Error as error:
        raise TrainingFailure(
            f"channel {channel}: cannot be read as Parquet: {str(error).splitlines()[0]}"
        ) from error
    finally:
        db.close()
    values = {
        name: np.ma.filled(np.ma.asarray(column, np.float64), np.nan) for name, column in columns.items()
    }
    _check_label(channel, label, values[label])
    return Part(np.column_stack([values[name] for name in features]), values[label])


def _files(channel: str, environment: Mapping[str, str]) -> list[Path]:
    folder = environment.get(f"SM_CHANNEL_{channel.upper()}")
    if not folder:
        given = ", ".join(json.loads(environment.get("SM_CHANNELS", "[]"))) or "none"
        raise TrainingFailure(f"channel {channel} is missing: the job has {given}; add it to InputDataConfig")
    files = sorted(f for f in Path(folder).rglob("*") if f.is_file() and f.name[0] not in "._")
    if not files:
        raise TrainingFailure(f"channel {channel} is empty: no file is under its S3 uri")
    return files


def _require_columns(channel: str, relation: duckdb.DuckDBPyRelation, wanted: list[str]) -> None:
    missing = [name for name in wanted if name not in relation.columns]
    if missing:
        raise TrainingFailure(
            f"channel {channel}: lacks {', '.join(missing)}; it has {', '.join(relation.columns)}. "
            "Data and transform must come from the same preparation"
        )


def _check_label(channel: str, name: str, label: np.ndarray) -> None:
    place = f"channel {channel}, label {name}"
    if label.size == 0:
        raise TrainingFailure(f"channel {channel}: has no rows; widen the window or the split")
    missing = int(np.isnan(label).sum())
    if missing:
        raise TrainingFailure(f"{place}: {missing} of {label.size} rows have none; every row needs 0 or 1")
    wrong = label[(label != 0) & (label != 1)]
    if wrong.size:
        raise TrainingFailure(f"{place}: found {wrong[0]:g}; only 0 and 1 can be learnt")
    if label.min() == label.max():
        raise TrainingFailure(
            f"{place}: is {label[0]:g} in all {label.size} rows; both are needed, widen the window or split"
        )


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


def _name(identifier: str) -> str:
    return '"' + identifier.replace('"', '""') + '"'
