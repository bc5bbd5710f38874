"""Serving `xgboost-model` without a script: text/csv, text/libsvm or application/json in, CSV or JSON out."""

from __future__ import annotations

import json
import math
import os
from http import HTTPStatus
from pathlib import Path
from typing import Any

import numpy as np
import xgboost as xgb

from ...toolkit.errors import ClientError
from .training import MODEL_FILE


class Refused(Exception):
    def __init__(self, status: HTTPStatus, message: str) -> None:
        super().__init__(message)
        self.status_code = int(status)
        self.message = message


def model_fn(model_dir: str) -> xgb.Booster:
    file = Path(model_dir) / MODEL_FILE
    if not file.is_file():
        raise ClientError(f"Unable to load model: the artifact has no {MODEL_FILE}")
    booster = xgb.Booster()
    try:
        booster.load_model(bytearray(file.read_bytes()))
    except xgb.core.XGBoostError as error:
        raise ClientError(
            f"Unable to load model: {MODEL_FILE} is not a model of XGBoost: {str(error)[:300]}"
        ) from error
    booster.set_param({"nthread": 1})
    return booster


def transform_fn(model: xgb.Booster, body: Any, content_type: str, accept: str) -> tuple[str, str]:
    text = _text(body)
    media = content_type.split(";")[0].strip().lower()
    if media in ("text/csv", "csv"):
        rows = _csv(text)
    elif media in ("text/libsvm", "text/x-libsvm", "libsvm"):
        rows = _libsvm(text, model.num_features())
    elif media == "application/json":
        rows = _json(text)
    else:
        raise Refused(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            f"Content-type {content_type} is not supported: send text/csv, text/libsvm or application/json",
        )
    if rows.shape[1] != model.num_features():
        raise Refused(
            HTTPStatus.BAD_REQUEST,
            f"Feature size of {media} inference data {rows.shape[1]} is not consistent with feature size "
            f"of trained model {model.num_features()}.",
        )
    predictions = model.inplace_predict(rows, missing=math.nan, validate_features=False).tolist()
    return _answer(predictions, media, accept)


def _answer(predictions: list[Any], media: str, accept: str) -> tuple[str, str]:
    wanted = accept.split(";")[0].strip().lower()
    if wanted == "application/json" and media == "application/json":
        return json.dumps({"predictions": [{"score": each} for each in predictions]}), "application/json"
    batch = os.environ.get("SAGEMAKER_BATCH")
    lines = [str(each) for each in predictions]
    return ("\n".join(lines) + "\n" if batch else ",".join(lines)), "text/csv"


def _text(body: Any) -> str:
    try:
        text = body if isinstance(body, str) else bytes(body).decode("utf-8")
    except UnicodeDecodeError:
        raise Refused(HTTPStatus.BAD_REQUEST, "the request is not UTF-8") from None
    if not text.strip():
        raise Refused(HTTPStatus.BAD_REQUEST, "the request has no rows")
    return text


def _csv(text: str) -> np.ndarray:
    lines = [line for line in text.split("\n") if line.strip()]
    return _stacked([[_number(cell, at) for cell in line.split(",")] for at, line in enumerate(lines, 1)])


def _libsvm(text: str, width: int) -> np.ndarray:
    lines = [line.split() for line in text.split("\n") if line.strip()]
    rows = np.full((len(lines), width), np.nan)
    for at, cells in enumerate(lines):
        for cell in cells:
            index, colon, value = cell.partition(":")
            if not colon:
                continue  # the label that a line of training data begins with
            if not index.isdigit() or int(index) >= width:
                raise Refused(
                    HTTPStatus.BAD_REQUEST, f"line {at + 1}: {cell} names no feature of 0 to {width - 1}"
                )
            rows[at, int(index)] = _number(value, at + 1)
    return rows


def _json(text: str) -> np.ndarray:
    try:
        instances = json.loads(text)["instances"]
        rows = [each["features"] if isinstance(each, dict) else each for each in instances]
        return _stacked([[math.nan if cell is None else float(cell) for cell in row] for row in rows])
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise Refused(
            HTTPStatus.BAD_REQUEST,
            f'expected {{"instances": [{{"features": [1, 2, …]}}, …]}}: {type(error).__name__} {error}',
        ) from None


def _number(cell: str, line: int) -> float:
    try:
        return float(cell) if cell.strip() else math.nan
    except ValueError:
        raise Refused(HTTPStatus.BAD_REQUEST, f"line {line}: {cell.strip()[:60]!r} is not a number") from None


def _stacked(rows: list[list[float]]) -> np.ndarray:
    widths = {len(row) for row in rows}
    if len(widths) != 1:
        raise Refused(HTTPStatus.BAD_REQUEST, f"the rows have {', '.join(map(str, sorted(widths)))} columns")
    return np.array(rows, dtype=np.float64)
