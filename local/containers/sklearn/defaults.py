"""What the image does where a script leaves out input_fn, predict_fn or output_fn: arrays in, arrays out.

JSON, CSV and NPY both ways; text becomes 32-bit floats. There is no model_fn by default, as in AWS's image.
"""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import numpy as np

JSON, CSV, NPY = "application/json", "text/csv", "application/x-npy"


class UnsupportedFormatError(Exception):
    """The container answers 415, as AWS's."""

    status_code = 415

    def __init__(self, content_type: str) -> None:
        super().__init__(f"Content type {content_type} is not supported by this framework.")
        self.message = str(self)


class DataError(Exception):
    """A body that is no array."""

    status_code = 400


def input_fn(body: str | bytes, content_type: str) -> np.ndarray:
    """An array of the request; a CSV of one line is a vector, as in AWS's image. Raises `DataError`."""
    kind = content_type.split(";")[0].strip().lower()
    if kind not in (JSON, CSV, NPY):
        raise UnsupportedFormatError(content_type)
    try:
        if kind == NPY:
            # Pickled objects would be code from whoever asks.
            return np.load(io.BytesIO(_bytes(body)), allow_pickle=False)
        text = _bytes(body).decode("utf-8")
        if kind == JSON:
            return np.array(json.loads(text)).astype(np.float32)
        return np.array(list(csv.reader(io.StringIO(text), strict=True))).squeeze().astype(np.float32)
    except (ValueError, TypeError, csv.Error) as error:
        raise DataError(f"Error while decoding {kind}: {error}") from error


def predict_fn(data: np.ndarray, model: Any) -> Any:
    return model.predict(data)


def output_fn(prediction: Any, accept: str) -> tuple[bytes, str]:
    """The prediction in the type that the client accepts. Raises `UnsupportedFormatError`."""
    if accept == JSON:
        return json.dumps(prediction, default=_plain).encode(), accept
    if accept == CSV:
        rows = np.array(prediction)
        sink = io.StringIO()
        csv.writer(sink, lineterminator="\n").writerows(rows.reshape(-1, 1) if rows.ndim <= 1 else rows)
        return sink.getvalue().encode(), accept
    if accept == NPY:
        buffer = io.BytesIO()
        np.save(buffer, np.asarray(prediction))
        return buffer.getvalue(), accept
    raise UnsupportedFormatError(accept)


def _bytes(body: str | bytes) -> bytes:
    return body.encode() if isinstance(body, str) else body


def _plain(value: Any) -> Any:
    if hasattr(value, "tolist"):
        return value.tolist()
    raise TypeError(f"{type(value).__name__} is no JSON: define output_fn")


DEFAULTS = {"input_fn": input_fn, "predict_fn": predict_fn, "output_fn": output_fn}
