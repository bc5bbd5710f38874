"""What SageMaker's model server calls: `model_fn` once, `transform_fn` a request.

JSON in: {"instances": [{…}, …]}, out: {"predictions": [{…}, …]}; see predictions.py.
JSON Lines in: an instance a line, out: a prediction a line, in the same order.
A JSON request that accepts `application/json; perennial=features` is answered also with the features that the
model read: {"predictions": […], "features": [{"<name>": <number or null>, …}, …]}. (Every model server hands
`accept` on; not every one hands on the headers in which custom attributes come.) One that accepts
`application/json; perennial=explanation` is told, too, what each feature did to the answer: "contributions", see
contributions.py; null where the model cannot tell.
"""

from __future__ import annotations

import json
import math
import sys
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any

import duckdb
import numpy as np

import artifact
from contributions import contributions
from failures import RequestRefused, bad_request
from features import Transform
from instances import JSON, JSON_LINES, read_instances
from predictions import predictions
from shared_runs import SharedRuns
from target import Target, UnusableAnswer

# Requests that wait share a run; one of so many rows takes no more of them.
ROWS_A_RUN = 10_000
FEATURES = "perennial=features"
EXPLANATION = "perennial=explanation"
# What a row's own values can make the features' SQL stumble over.
ROW_ERRORS = (duckdb.ConversionException, duckdb.OutOfRangeException, duckdb.InvalidInputException)


@dataclass(frozen=True)
class Served:
    transform: Transform
    target: Target
    threshold: float
    answers: SharedRuns
    predictor: artifact.Predictor


def model_fn(model_dir: str) -> Served:
    """Loads the model and its transform, and answers once, so that the first request waits for nothing."""
    folder = Path(model_dir)
    transform = Transform(folder / artifact.TRANSFORM)
    description = artifact.describe(folder, transform.features)
    target = Target.of(description)
    predictor = artifact.load(folder, description)
    answers = SharedRuns(
        lambda rows: target.checked(predictor.answers(transform.run(rows)), len(rows)), ROWS_A_RUN
    )
    _warm_up(answers, description["algorithm"])
    return Served(transform, target, float(description.get("threshold", 0.5)), answers, predictor)


def _warm_up(answers: SharedRuns, algorithm: str) -> None:
    """Asks about a row of which nothing is known. A customer's own model may not be made for such rows."""
    try:
        answers([{}])
    except Exception as error:
        if algorithm != "script":
            raise
        print(f"the model has no answer when nothing is known: {_first_line(error)}", file=sys.stderr)


def transform_fn(model: Served, input_data: Any, content_type: str, accept: str, context: Any = None) -> Any:
    """The answer and its content type. Where the model server gives no `context`, a refusal is raised."""
    try:
        types = _media_type(content_type), _media_type(accept)
        return _answer(model, input_data, *types, told=_parameters(accept))
    except RequestRefused as refused:
        if context is None:
            raise
        context.set_response_status(code=refused.status_code, phrase=refused.phrase)
        return refused.message, JSON


def _answer(model: Served, body: Any, content_type: str, accept: str, told: list[str]) -> tuple[str, str]:
    rows = read_instances(body, content_type, model.transform.inputs, model.transform.ignored)
    if accept not in ("", "*/*", "application/*", JSON, JSON_LINES):
        raise RequestRefused(
            HTTPStatus.NOT_ACCEPTABLE, f"cannot answer with {accept}; accept {JSON} or {JSON_LINES}"
        )
    try:
        answers = model.answers(rows)
    except ROW_ERRORS as error:
        raise bad_request(
            f"the features of these instances cannot be computed: {_first_line(error)}"
        ) from error
    except UnusableAnswer as error:
        raise RequestRefused(
            HTTPStatus.INTERNAL_SERVER_ERROR, f"the model's answer to these instances {_first_line(error)}"
        ) from error
    answered = predictions(model.target, answers, model.threshold)
    # Model servers say "application/json" for "whatever": lines in, lines out.
    if content_type == JSON_LINES or accept == JSON_LINES:
        return "".join(f"{json.dumps(each)}\n" for each in answered), JSON_LINES
    answer: dict[str, Any] = {"predictions": answered}
    if FEATURES in told or EXPLANATION in told:
        matrix = model.transform.run(rows)
        names = model.transform.features
        answer["features"] = _features(names, matrix)
        if EXPLANATION in told:
            answer["contributions"] = contributions(model.predictor, model.target, names, matrix)
    return json.dumps(answer), JSON


def _features(names: list[str], matrix: np.ndarray) -> list[dict[str, float | None]]:
    return [
        {name: value if math.isfinite(value) else None for name, value in zip(names, row, strict=True)}
        for row in matrix.tolist()
    ]


def _media_type(header: str | None) -> str:
    return (header or "").split(";")[0].strip().lower()


def _parameters(header: str | None) -> list[str]:
    return [parameter.strip().lower() for parameter in (header or "").split(";")[1:]]


def _first_line(error: Exception) -> str:
    print(error, file=sys.stderr)
    return str(error).split("\n")[0]
