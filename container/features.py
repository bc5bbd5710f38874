"""The transform at serving time: request rows in, features out, by the SQL that made the training rows.

See docs/transform.md for the folder that `load` reads.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import duckdb
import numpy as np

from values import Column, encode_rows

FORMAT = 2
MEMORY_LIMIT = "1GB"
SETTINGS = (
    "TimeZone = 'UTC'",
    "enable_external_access = false",
    "autoinstall_known_extensions = false",
    "autoload_known_extensions = false",
    "allow_community_extensions = false",
    "lock_configuration = true",
)


def compute(transform_dir: str | Path, rows: Sequence[Mapping[str, Any]]) -> np.ndarray:
    """Features of `rows` (JSON objects; an absent column is NULL): float64, rows × features; missing is NaN.

    Raises `ValueRefused` for a value that is not of its column's type, and DuckDB's errors as they are.
    """
    return load(str(transform_dir)).matrix(rows)


@lru_cache(maxsize=8)
def load(transform_dir: str) -> Transform:
    """The transform in a folder, ready to run; loaded once a process."""
    return Transform(Path(transform_dir))


@dataclass(frozen=True)
class Input:
    """A column that a request carries; an optional one may be left out."""

    column: Column
    optional: bool


class Transform:
    """One model's transform over a DuckDB in memory that can reach nothing else. Many threads may use it."""

    def __init__(self, folder: Path) -> None:
        spec = _read_spec(folder)
        self.label: str = spec["label"]
        self.features: list[str] = spec["features"]
        self.columns = [Column(c["name"], c["type"]) for c in spec["source"]["columns"]]
        self.inputs = [Input(Column(i["name"], i["type"]), bool(i.get("optional"))) for i in spec["inputs"]]
        self.ignored = frozenset(spec.get("ignored", []))
        self._db = _open(folder, spec, self.columns)
        self._one_run = threading.Lock()

    def matrix(self, rows: Sequence[Mapping[str, Any]]) -> np.ndarray:
        """Checks the rows' values against the source's columns and computes their features; see `compute`."""
        return self.run(encode_rows(rows, self.columns))

    def run(self, encoded: list[dict[str, Any]]) -> np.ndarray:
        """Features of rows that `encode_rows` gave. One run at a time: who would wait should share one."""
        if not encoded:
            return np.empty((0, len(self.features)))
        text = json.dumps([{**row, "row_id": at} for at, row in enumerate(encoded)], allow_nan=False)
        with self._one_run:
            columns = self._computed(text)
        if not np.array_equal(columns["row_id"], np.arange(len(encoded))):
            raise RuntimeError(
                f"the transform gave {len(columns['row_id'])} rows for {len(encoded)}: it must keep each once"
            )
        return np.column_stack([_floats(columns[name]) for name in self.features])

    def _computed(self, text: str) -> dict[str, np.ndarray]:
        try:
            # EXECUTE takes no bound parameter; JSON in ASCII with doubled quotes is a safe literal.
            return self._db.execute(f"BEGIN; EXECUTE fill('{_quoted(text)}'); EXECUTE compute").fetchnumpy()
        finally:
            self._db.execute("ROLLBACK")


def _read_spec(folder: Path) -> dict[str, Any]:
    spec = json.loads((folder / "transform.json").read_text("utf-8"))
    if spec.get("format") != FORMAT:
        raise ValueError(
            f"transform.json: format {spec.get('format')!r} is not {FORMAT}, which this code reads"
        )
    if spec["duckdb"] != duckdb.__version__:
        raise ValueError(
            f"the transform was made by DuckDB {spec['duckdb']}, but DuckDB {duckdb.__version__} is here"
        )
    return spec


def _open(folder: Path, spec: dict[str, Any], columns: Sequence[Column]) -> duckdb.DuckDBPyConnection:
    db = duckdb.connect(":memory:", config={"threads": 1, "memory_limit": MEMORY_LIMIT})
    for table in spec["references"]:
        file = _inside(folder, table["file"])
        db.execute(
            f"CREATE TABLE {_name(table['name'])} AS SELECT * FROM read_parquet('{_quoted(str(file))}')"
        )
    # From here on nothing but this database can be reached, whatever the statement or a type says.
    for setting in SETTINGS:
        db.execute(f"SET {setting}")
    source = _name(spec["source"]["name"])
    declared = [Column("row_id", "BIGINT"), *columns]
    db.execute(f"CREATE TABLE {source} ({', '.join(f'{_name(c.name)} {c.type}' for c in declared)})")
    shape = _quoted(json.dumps([{c.name: c.type for c in declared}]))
    names = ", ".join(_name(c.name) for c in declared)
    taken = ", ".join(f"r.{_name(c.name)}" for c in declared)
    db.execute(
        f"PREPARE fill AS INSERT INTO {source} ({names}) SELECT {taken} "
        f"FROM (SELECT unnest(from_json($1::VARCHAR, '{shape}')) AS r)"
    )
    # DuckDB plans a prepared statement by the table's statistics of that moment and keeps the plan: over an
    # empty table it would answer "nothing is NULL" for ever. Of a table with uncommitted rows it uses none.
    db.execute("BEGIN")
    db.execute(f"INSERT INTO {source} (row_id) VALUES (0)")
    db.execute(f"PREPARE compute AS {spec['statement']}")
    db.execute("ROLLBACK")
    return db


def _inside(folder: Path, name: str) -> Path:
    file = (folder / name).resolve()
    if not file.is_relative_to(folder.resolve()):
        raise ValueError(f"transform.json: {name} is not a file of its folder")
    return file


def _floats(column: np.ndarray) -> np.ndarray:
    return np.ma.filled(np.ma.asarray(column, dtype=np.float64), np.nan)


def _quoted(text: str) -> str:
    return text.replace("'", "''")


def _name(identifier: str) -> str:
    return '"' + identifier.replace('"', '""') + '"'
