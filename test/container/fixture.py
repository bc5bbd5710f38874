"""Makes what `prepare` would leave, small: `python fixture.py <folder> [problem]` writes a training job's channels.

Rows are visits to shops; what comes of one depends on the hour, the amount and the shop. Also
`rows.jsonl`, the validation rows as requests, and `features.jsonl`, what the statement made of them.
"""

from __future__ import annotations

import json
import sys
import tarfile
from pathlib import Path

import duckdb

SOURCE = [
    ("visited", "TIMESTAMP"), ("amount", "DOUBLE"), ("items", "BIGINT"), ("shop", "VARCHAR"),
    ("member", "BOOLEAN"), ("day", "DATE"), ("bought", "BOOLEAN"), ("came", "VARCHAR"), ("spent", "DOUBLE"),
]  # fmt: skip
# Each problem's label, and its number in the statement.
CLASSES = ["again", "never", "once"]
LABELS = {
    "binary": ("bought", "CAST(bought AS DOUBLE)"),
    "multiclass": ("came", "CASE came WHEN 'again' THEN 0.0 WHEN 'never' THEN 1.0 WHEN 'once' THEN 2.0 END"),
    "regression": ("spent", "spent"),
}
OPTIONAL = {"member", "day"}
FEATURES = ["hour", "amount", "items", "shop", "latitude", "member", "weekday"]
STATEMENT = """
WITH features AS (
  SELECT v.row_id, v.bought, v.came, v.spent, hour(v.visited) + minute(v.visited) / 60.0 AS hour, v.amount, v.items, v.shop,
    s.latitude, v.member, isodow(v.day) AS weekday
  FROM visits v LEFT JOIN shops s ON s.code = v.shop
)
SELECT row_id, {number} AS {label}, CAST(hour AS DOUBLE) AS hour,
  CASE WHEN amount IS NULL THEN 20.0 ELSE least(greatest(amount, 0.5), 99.5) END AS amount,
  CAST(items AS DOUBLE) AS items, coalesce((MAP {{'a': 0.25, 'b''s': 0.5, 'NA': 0.75}})[shop], 0.4) AS shop,
  latitude, CAST(member AS DOUBLE) AS member, CAST(weekday AS DOUBLE) AS weekday
FROM features ORDER BY row_id
"""
ROWS = """
SELECT row_id, TIMESTAMP '2001-01-01' + INTERVAL (row_id * 7) MINUTE AS visited,
  CASE WHEN row_id % 17 = 0 THEN NULL ELSE (hash(row_id) % 10000) / 97.0 END AS amount,
  (hash(row_id + 1) % 9)::BIGINT AS items,
  CASE hash(row_id + 2) % 5 WHEN 0 THEN 'a' WHEN 1 THEN 'b''s' WHEN 2 THEN 'NA' WHEN 3 THEN 'ünseen 😀'
    ELSE NULL END AS shop,
  CASE hash(row_id + 3) % 3 WHEN 0 THEN true WHEN 1 THEN false ELSE NULL END AS member,
  CAST(visited AS DATE) AS day,
  (hash(row_id + 4) % 1000) / 1000.0 < 0.15 + 0.3 * (hour(visited) > 12)::INT 
    + 0.3 * (coalesce(amount, 0) > 60)::INT AS bought,
  CASE WHEN (hash(row_id + 5) % 1000) / 1000.0 < 0.2 + 0.5 * (hour(visited) > 12)::INT THEN 'never'
    WHEN coalesce(amount, 0) + hash(row_id + 6) % 30 > 70 THEN 'again' ELSE 'once' END AS came,
  3 * coalesce(amount, 50) + 20 * (hour(visited) > 12)::INT + hash(row_id + 7) % 40 - 100 AS spent
FROM (SELECT range AS row_id FROM range({rows}))
"""


def make(folder: Path, problem: str = "binary", rows: int = 4000) -> None:
    label, number = LABELS[problem]
    statement = STATEMENT.format(label=label, number=number)
    folder.mkdir(parents=True, exist_ok=True)
    db = duckdb.connect()
    db.execute(
        "CREATE TABLE shops AS "
        "SELECT * FROM (VALUES ('a', 52.5), ('NA', -12.25), ('b''s', NULL)) t(code, latitude)"
    )
    db.execute(f"CREATE TABLE visits AS {ROWS.format(rows=rows)}")
    db.execute(f"CREATE TABLE prepared AS {statement}")
    cut = rows * 3 // 4
    for name, where in (("train", f"row_id < {cut}"), ("validation", f"row_id >= {cut}")):
        (folder / name).mkdir()
        db.execute(
            f"COPY (SELECT * FROM prepared WHERE {where} ORDER BY row_id) TO '{folder / name / name}.parquet'"
        )
    db.execute(f"COPY (SELECT * EXCLUDE (row_id, bought, came, spent) FROM visits WHERE row_id >= {cut} ORDER BY row_id) "
               f"TO '{folder}/rows.jsonl' (FORMAT json)")  # fmt: skip
    db.execute(
        f"COPY (SELECT * FROM prepared WHERE row_id >= {cut} ORDER BY row_id) "
        f"TO '{folder}/features.jsonl' (FORMAT json)"
    )
    _transform(folder, db, problem, statement)


def _transform(folder: Path, db: duckdb.DuckDBPyConnection, problem: str, statement: str) -> None:
    labels = [label for label, _ in LABELS.values()]
    unpacked = folder / "unpacked"
    unpacked.mkdir()
    db.execute(f"COPY shops TO '{unpacked}/shops.parquet'")
    columns = [{"name": name, "type": kind} for name, kind in SOURCE]
    spec = {
        "format": 2,
        "problem": problem,
        **({"classes": CLASSES} if problem == "multiclass" else {}),
        "label": LABELS[problem][0],
        "source": {"name": "visits", "columns": columns},
        "inputs": [{**c, "optional": c["name"] in OPTIONAL} for c in columns if c["name"] not in labels],
        "references": [
            {
                "name": "shops",
                "file": "shops.parquet",
                "columns": [
                    {"name": "code", "type": "VARCHAR"},
                    {"name": "latitude", "type": "DECIMAL(4,2)"},
                ],
            }
        ],
        "features": FEATURES,
        "duckdb": duckdb.__version__,
        "statement": statement,
    }
    (unpacked / "transform.json").write_text(json.dumps(spec))
    (folder / "transform").mkdir()
    with tarfile.open(folder / "transform" / "transform.tar.gz", "w:gz") as archive:
        for file in sorted(unpacked.iterdir()):
            archive.add(file, file.name)


if __name__ == "__main__":
    make(Path(sys.argv[1]), *sys.argv[2:])
