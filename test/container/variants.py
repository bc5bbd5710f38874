"""Data as it must not be, and data of other formats, made from the fixture: `python variants.py <data> <folder>`."""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb

BROKEN = {
    "constant": "SELECT * REPLACE (0.0 AS bought) FROM rows",
    "unlabelled": "SELECT * REPLACE (CASE WHEN row_id % 10 = 0 THEN NULL ELSE bought END AS bought) FROM rows",
    "other-label": "SELECT * REPLACE (bought * 2 AS bought) FROM rows",
    "rowless": "SELECT * FROM rows WHERE false",
    "narrow": "SELECT * EXCLUDE (amount) FROM rows",
}


def main(data: Path, folder: Path) -> None:
    db = duckdb.connect()
    db.execute(f"CREATE TABLE rows AS SELECT * FROM '{data}/train/train.parquet'")
    for name, query in BROKEN.items():
        (folder / name).mkdir(parents=True)
        db.execute(f"COPY ({query}) TO '{folder / name}/train.parquet'")
    (folder / "truncated").mkdir()
    whole = (data / "train" / "train.parquet").read_bytes()
    (folder / "truncated" / "train.parquet").write_bytes(whole[: len(whole) // 2])
    _builtin(db, data, folder)


def _builtin(db: duckdb.DuckDBPyConnection, data: Path, folder: Path) -> None:
    """The label first, no header, in all formats of the built-in algorithm. Their rows are the same."""
    for part in ("train", "validation"):
        rows = (
            f"(SELECT * EXCLUDE (row_id) REPLACE (bought::INT AS bought) FROM '{data}/{part}/{part}.parquet')"
        )
        for kind in ("csv", "parquet", "libsvm"):
            (folder / f"{kind}-{part}").mkdir()
        db.execute(f"COPY {rows} TO '{folder}/csv-{part}/rows.csv' (HEADER false, NULLSTR '')")
        db.execute(f"COPY {rows} TO '{folder}/parquet-{part}/rows.parquet'")
        lines = [
            " ".join(
                [
                    str(row[0]),
                    *(f"{at}:{float(value)!r}" for at, value in enumerate(row[1:]) if value is not None),
                ]
            )
            for row in db.execute(f"FROM {rows}").fetchall()
        ]
        (folder / f"libsvm-{part}" / "rows.libsvm").write_text("\n".join(lines) + "\n")
    (folder / "headed").mkdir()
    (folder / "headed" / "rows.csv").write_text("bought,hour,amount\n1,2.5,3\n0,2.25,4\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
