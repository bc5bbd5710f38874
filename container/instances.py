"""Reading a request, JSON or JSON Lines. Every refusal names the instance, the field and the mend."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Sequence
from http import HTTPStatus
from typing import Any

from failures import RequestRefused, bad_request
from features import Input
from values import ValueRefused, encode_rows

JSON = "application/json"
JSON_LINES = "application/jsonlines"
MAX_INSTANCES = 1_000
MAX_BYTES = 6 * 1024 * 1024

Place = Callable[[int], str]


def read_instances(
    body: str | bytes, content_type: str, inputs: Sequence[Input], ignored: Collection[str]
) -> list[dict[str, Any]]:
    """The request's rows, checked and encoded for `Transform.run`. Raises `RequestRefused`: 400, 413, 415.

    Whatever a row has under a name of `ignored` is not looked at.
    """
    text = _decoded(body)
    if content_type == JSON:
        rows, place = _of_json(text), lambda at: f"instances[{at}]"
    elif content_type == JSON_LINES:
        rows, place = _of_lines(text)
    else:
        raise RequestRefused(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            f"content type {content_type or 'none'} is not supported; send {JSON} or {JSON_LINES}",
        )
    return _checked(_without(rows, ignored), place, inputs)


def _without(rows: list[Any], ignored: Collection[str]) -> list[Any]:
    if not ignored:
        return rows
    return [
        {name: value for name, value in row.items() if name not in ignored} if isinstance(row, dict) else row
        for row in rows
    ]


def _decoded(body: str | bytes) -> str:
    if len(body) > MAX_BYTES:
        raise RequestRefused(
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            f"the request has more than {MAX_BYTES} bytes; send fewer instances",
        )
    if isinstance(body, str):
        return body
    try:
        return bytes(body).decode("utf-8")
    except UnicodeDecodeError as error:
        raise bad_request(f"the request is not UTF-8: byte {error.start} is wrong") from None


def _of_json(text: str) -> list[Any]:
    request = _parsed(text, "the request")
    mend = 'send {"instances": [{…}, …]}'
    if not isinstance(request, dict) or "instances" not in request:
        raise bad_request(f"the request has no instances; {mend}")
    extra = sorted(set(request) - {"instances"})
    if extra:
        raise bad_request(f"{extra[0]}: is not a part of a request; {mend}")
    instances = request["instances"]
    if not isinstance(instances, list):
        raise bad_request(f"instances: expected an array; {mend}")
    if not instances:
        raise bad_request(f"instances: is empty; {mend}")
    if len(instances) > MAX_INSTANCES:
        raise RequestRefused(
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            f"instances: found {len(instances)}, at most {MAX_INSTANCES} go into one request; send several",
        )
    return instances


def _of_lines(text: str) -> tuple[list[Any], Place]:
    # Not splitlines(): JSON strings may hold U+2028 and its like.
    lines = [(number, line) for number, line in enumerate(text.split("\n"), start=1) if line.strip()]
    if not lines:
        raise bad_request("the request has no lines; send one JSON object a line")
    rows = [_parsed(line, f"line {number}") for number, line in lines]
    return rows, lambda at: f"line {lines[at][0]}"


def _parsed(text: str, what: str) -> Any:
    try:
        return json.loads(text, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        where = (
            f"line {error.lineno} column {error.colno}" if what == "the request" else f"column {error.colno}"
        )
        raise bad_request(f"{what} is not JSON: {error.msg} at {where}") from None
    except (ValueError, RecursionError) as error:
        reason = "it is nested too deep" if isinstance(error, RecursionError) else str(error).split(";")[0]
        raise bad_request(f"{what} is not usable JSON: {reason}") from None


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON number, send null if unknown")


def _checked(rows: list[Any], place: Place, inputs: Sequence[Input]) -> list[dict[str, Any]]:
    try:
        encoded = encode_rows(rows, [each.column for each in inputs])
    except ValueRefused as refused:
        where = place(refused.row) + (f".{refused.column}" if refused.column is not None else "")
        raise bad_request(f"{where}: {refused.problem}") from None
    required = [each.column.name for each in inputs if not each.optional]
    for at, row in enumerate(encoded):
        for name in required:
            if name not in row:
                raise bad_request(f"{place(at)}.{name}: is missing; send null if unknown")
    return encoded
