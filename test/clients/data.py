"""The data of all stories, and what is expected of it."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from pathlib import Path

import boto3
import numpy as np

BUCKET = "bench"
ROLE = "arn:aws:iam::000000000000:role/jobs"
XGBOOST = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1"
HYPERPARAMETERS = {"objective": "binary:logistic", "num_round": "12", "max_depth": "3", "eval_metric": "auc"}


def table(rows: int, seed: int) -> np.ndarray:
    """Label first, then three features of which two matter."""
    random = np.random.default_rng(seed)
    features = random.random((rows, 3)).round(3)
    label = (features[:, 0] + 0.5 * features[:, 1] + random.normal(0, 0.2, rows) > 0.75).astype(int)
    return np.column_stack([label, features])


def csv(rows: np.ndarray) -> str:
    return "\n".join(",".join(f"{value:g}" for value in row) for row in rows)


def put(key: str, text: str) -> str:
    boto3.client("s3").put_object(Bucket=BUCKET, Key=key, Body=text.encode())
    return f"s3://{BUCKET}/{key}"


def put_tables(prefix: str) -> dict[str, str]:
    """The S3 prefixes of training and validation rows (label first) and of test rows (features only)."""
    put(f"{prefix}/train/rows.csv", csv(table(600, 1)))
    put(f"{prefix}/validation/rows.csv", csv(table(200, 2)))
    put(f"{prefix}/test/rows.csv", csv(table(50, 3)[:, 1:]))
    return {part: f"s3://{BUCKET}/{prefix}/{part}" for part in ("train", "validation", "test")}


def get(uri: str) -> bytes:
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    return boto3.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()


def keys(uri: str) -> list[str]:
    """The keys below a prefix, without it."""
    bucket, _, prefix = uri.removeprefix("s3://").partition("/")
    found = boto3.client("s3").list_objects_v2(Bucket=bucket, Prefix=prefix).get("Contents", [])
    return [item["Key"].removeprefix(prefix).lstrip("/") for item in found]


def reference(model: str, features: np.ndarray) -> list[float]:
    """What the XGBoost library predicts with the model at this S3 URI."""
    with tempfile.TemporaryDirectory() as folder:
        archive, rows = Path(folder, "model.tar.gz"), Path(folder, "rows.csv")
        archive.write_bytes(get(model))
        rows.write_text(csv(features))
        script = Path(__file__).with_name("reference.py")
        said = subprocess.run(
            [os.environ["LAPTOP_PYTHON"], script, archive, rows], stdout=subprocess.PIPE, check=True
        )
    return json.loads(said.stdout)


def numbers(text: str | bytes) -> list[float]:
    """Predictions of an answer of XGBoost's container, by commas or lines."""
    said = text.decode() if isinstance(text, bytes) else text
    return [float(item) for item in said.replace(",", "\n").split()]


def same(found: list[float], wanted: list[float]) -> None:
    np.testing.assert_allclose(found, wanted, rtol=0, atol=1e-5)


def auc(label: np.ndarray, score: list[float]) -> float:
    """The share of pairs (one of each class) that the score puts in order; ties count half."""
    score_array = np.asarray(score)
    yes, no = score_array[label == 1][:, None], score_array[label == 0][None, :]
    return float(((yes > no) + 0.5 * (yes == no)).mean())
