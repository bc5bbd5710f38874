"""What a training job learns from: the rows of its `train` and `validation` channels, in Parquet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import duckdb
import numpy as np

from channels import files_of
from failures import TrainingFailure
from labels import check_label, check_weight
from target import Target

# Each row's weight, where the plan weighs rows.
WEIGHT = "row_weight"


@dataclass(frozen=True)
class Part:
    """`matrix` float64, rows × features, NaN where missing. `label` float64, never missing: 0 or 1, a class's
    number, or the value. `weight` float64, or None when every row counts 1."""

    matrix: np.ndarray
    label: np.ndarray
    weight: np.ndarray | None = None


def read_part(channel: str, environment: Mapping[str, str], target: Target, features: Sequence[str]) -> Part:
    """A channel's rows, in their order. Raises `TrainingFailure` for what no model can be fitted to."""
    files = [str(file) for file in files_of(channel, environment)]
    wanted = [target.label, *features]
    db = duckdb.connect(config={"threads": int(environment.get("SM_NUM_CPUS", "1"))})
    try:
        relation = db.read_parquet(files)
        _require_columns(channel, relation, wanted)
        weighed = [WEIGHT] if WEIGHT in relation.columns else []
        columns = relation.project(
            ", ".join(f"CAST({_name(c)} AS DOUBLE) AS {_name(c)}" for c in [*wanted, *weighed])
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
    label, weight = values[target.label], values.get(WEIGHT)
    check_label(channel, target, label)
    check_weight(channel, target, label, weight)
    return Part(_matrix(channel, values, features, label.size), label, weight)


def _matrix(channel: str, values: Mapping[str, np.ndarray], features: Sequence[str], rows: int) -> np.ndarray:
    matrix = np.empty((rows, len(features)))
    for at, name in enumerate(features):
        if np.isinf(values[name]).any():
            raise TrainingFailure(
                f"channel {channel}, feature {name}: is infinite in {int(np.isinf(values[name]).sum())} "
                "rows; prepare the data again"
            )
        matrix[:, at] = values[name]
    return matrix


def _require_columns(channel: str, relation: duckdb.DuckDBPyRelation, wanted: list[str]) -> None:
    missing = [name for name in wanted if name not in relation.columns]
    if missing:
        raise TrainingFailure(
            f"channel {channel}: lacks {', '.join(missing)}; it has {', '.join(relation.columns)}. "
            "Data and transform must come from the same preparation"
        )


def _name(identifier: str) -> str:
    return '"' + identifier.replace('"', '""') + '"'
