"""Channels of the built-in algorithm: the label first, no header; CSV, LIBSVM or Parquet by content type."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import xgboost as xgb

from ...toolkit.errors import UserError

KINDS = {
    "csv": "csv",
    "text/csv": "csv",
    "libsvm": "libsvm",
    "text/libsvm": "libsvm",
    "text/x-libsvm": "libsvm",
    "parquet": "parquet",
    "application/x-parquet": "parquet",
}


def read_channel(name: str, folder: Path, content_type: str | None, weights: bool) -> xgb.DMatrix:
    """A channel's rows; libsvm when no content type is given, as on AWS. Raises `UserError`."""
    kind = _kind(content_type)
    files = (
        sorted(f for f in folder.rglob("*") if f.is_file() and f.name[0] not in "._")
        if folder.is_dir()
        else []
    )
    files = [file for file in files if file.stat().st_size]
    if not files:
        raise UserError(f"No data in {name} channel path {folder}")
    if kind == "libsvm":
        return _libsvm(files)
    table = _table([str(file) for file in files], kind, files[0])
    return _matrix(table, weights and kind == "csv")


def _kind(content_type: str | None) -> str:
    if content_type is None:
        return "libsvm"
    media, _, parameters = content_type.lower().partition(";")
    kind = KINDS.get(media.strip())
    if kind is None:
        raise UserError(f"{content_type} is not an accepted ContentType: {', '.join(KINDS)}.")
    if kind == "csv" and "label_size" in parameters and "label_size=1" not in parameters.replace(" ", ""):
        raise UserError(
            f"{content_type} is not an accepted csv ContentType. "
            "Optional parameter label_size must be equal to 1"
        )
    return kind


def _matrix(table: np.ndarray, weights: bool) -> xgb.DMatrix:
    first = 2 if weights else 1
    if table.shape[1] <= first:
        raise UserError(
            f"The data has {table.shape[1]} columns: a label and at least one feature are needed."
        )
    if np.isnan(table[:, 0]).any():
        raise UserError("Label contains NaN: the first column must hold the label of every row.")
    return xgb.DMatrix(table[:, first:], label=table[:, 0], weight=table[:, 1] if weights else None)


def _table(files: list[str], kind: str, first: Path) -> np.ndarray:
    db = duckdb.connect()
    try:
        if kind == "parquet":
            relation = db.read_parquet(files)
        else:
            delimiter, width = _shape(first)
            types: dict[str, Any] = {f"c{at}": "DOUBLE" for at in range(width)}
            relation = db.read_csv(files, header=False, delimiter=delimiter, columns=types, auto_detect=False)  # type: ignore[arg-type]
        names = relation.columns
        columns = relation.project(
            ", ".join(f'CAST("{name}" AS DOUBLE) AS c{at}' for at, name in enumerate(names))
        )
        values = columns.fetchnumpy()
    except duckdb.Error as error:
        raise UserError(f"Failed to load {kind} data with exception:\n{str(error)[:500]}") from error
    finally:
        db.close()
    return np.column_stack([np.ma.filled(np.ma.asarray(v, np.float64), np.nan) for v in values.values()])


def _shape(file: Path) -> tuple[str, int]:
    """Delimiter and number of columns, told from the first line as AWS tells them."""
    with file.open(encoding="utf-8", errors="replace") as lines:
        line = lines.readline().rstrip("\r\n")
    try:
        delimiter = csv.Sniffer().sniff(line, ",;\t| ").delimiter
    except csv.Error as error:
        raise UserError(f"Could not determine delimiter on line {line[:50]}:\n{error}") from error
    if any(
        character.isalpha()
        for character in line.lower().replace("nan", "").replace("e", "").replace("inf", "")
    ):
        raise UserError(
            f"First line '{line[:50]}...' of file '{file.name}' is not 'CSV' format. "
            "Please ensure the file is in 'CSV' format, without a header and with the label first."
        )
    return delimiter, len(line.split(delimiter))


def _libsvm(files: list[Path]) -> xgb.DMatrix:
    from scipy.sparse import vstack
    from sklearn.datasets import load_svmlight_files

    try:
        read = [_weighted(file) for file in files]
        loaded = load_svmlight_files([rows for rows, _ in read], zero_based=True)
        weights = [row for _, rows in read for row in rows]
    except (ValueError, UnicodeDecodeError) as error:
        with files[0].open(errors="replace") as lines:
            line = lines.readline().strip()
        raise UserError(
            f"First line '{line[:50]}...' of file '{files[0].name}' is not 'LIBSVM' format. "
            f"Please ensure the file is in 'LIBSVM' format. ({error})"
        ) from error
    labels = np.concatenate(loaded[1::2])
    if weights and len(weights) != len(labels):
        raise UserError("Either all rows of LIBSVM data have a weight, as in 1:0.5 3:2, or none")
    return xgb.DMatrix(vstack(loaded[0::2]).tocsr(), label=labels, weight=weights or None)


def _weighted(file: Path) -> tuple[str | io.BytesIO, list[float]]:
    """What scikit-learn can read, and the weights that it cannot: `label:weight index:value …`."""
    with file.open(encoding="utf-8", errors="replace") as lines:
        if ":" not in lines.readline().split(" ")[0]:
            return str(file), []
    rows, weights = [], []
    for line in file.read_text("utf-8").splitlines():
        if line.strip():
            first, *rest = line.split()
            label, _, weight = first.partition(":")
            weights.append(float(weight or 1))
            rows.append(" ".join([label, *rest]))
    return io.BytesIO("\n".join(rows).encode()), weights
