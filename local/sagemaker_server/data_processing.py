"""A transform's DataProcessing: what of an input record goes to the model, and what of both to the output."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

from .errors import JobFailure, validation
from .json_path import BadPath, read_path, select
from .state import Doc

INPUT, OUTPUT = "SageMakerInput", "SageMakerOutput"
_KINDS = {"text/csv": "csv", "application/jsonlines": "lines", "application/json": "json"}


def check_processing(request: dict[str, Any]) -> None:
    """Raises ValidationException for filters that are none, and for types that cannot be joined."""
    asked = request.get("DataProcessing", {})
    for member in ("InputFilter", "OutputFilter"):
        try:
            read_path(asked.get(member, "$"))
        except BadPath as problem:
            raise validation(f"Invalid {member}: {problem}.") from problem
    if is_plain(asked):
        return
    content, accept = request["TransformInput"].get("ContentType"), request["TransformOutput"].get("Accept")
    kinds = [_kind(each) for each in (content, accept or content)]
    if None in kinds:
        raise validation(
            f"DataProcessing needs a ContentType and an Accept among {', '.join(_KINDS)}; found {content} and"
            f" {accept}."
        )
    if asked.get("JoinSource") == "Input" and (kinds[0] == "csv") != (kinds[1] == "csv"):
        raise validation(
            f"JoinSource Input needs CSV on both sides or JSON on both; found {content}, {accept}."
        )


def is_plain(asked: Doc) -> bool:
    """Whether it leaves everything as it is."""
    filters = {asked.get("InputFilter", "$"), asked.get("OutputFilter", "$")}
    return filters == {"$"} and asked.get("JoinSource", "None") == "None"


class Processing:
    """Of one job; `sent` and `kept` raise JobFailure for records that the filters do not fit."""

    def __init__(self, job: Doc) -> None:
        asked = job.get("DataProcessing", {})
        self._plain = is_plain(asked)
        self._input = read_path(asked.get("InputFilter", "$"))
        self._output = read_path(asked.get("OutputFilter", "$"))
        self._join = asked.get("JoinSource", "None") == "Input"
        content = job["TransformInput"].get("ContentType")
        self._in = _kind(content)
        self._out = _kind(job["TransformOutput"].get("Accept") or content)
        # A line of a file that is split by line is a document of its own.
        if self._in == "json" and job["TransformInput"]["SplitType"] == "Line":
            self._in = "lines"

    def sent(self, body: bytes) -> bytes:
        """What the model gets of some input records."""
        if self._plain or not self._input:
            return body
        return _text(
            self._in, [_select(self._input, each, "InputFilter") for each in _records(self._in, body)]
        )

    def kept(self, body: bytes, answer: bytes) -> bytes:
        """What the output has of the records and of the model's answer to them."""
        if self._plain or not (self._join or self._output):
            return answer
        given = _records(self._in, body) if self._join else []
        kind = "lines" if self._out == "json" and len(given) > 1 else self._out
        made = _records(kind, answer)
        if self._join:
            if len(made) != len(given):
                raise JobFailure(
                    f"ClientError: Cannot join: {len(given)} input records went to the model, and {len(made)}"
                    " came back. The model must answer a record a line."
                )
            made = [_joined(self._out, *pair) for pair in zip(given, made, strict=True)]
        return _text(kind, [_select(self._output, each, "OutputFilter") for each in made])


def _kind(content_type: str | None) -> str | None:
    return _KINDS.get((content_type or "").partition(";")[0].strip().lower())


def _records(kind: str | None, body: bytes) -> list[Any]:
    try:
        text = body.decode()
        if kind == "json":
            return [json.loads(text)]
        lines = [line for line in text.splitlines() if line.strip()]
        return [json.loads(line) for line in lines] if kind == "lines" else list(csv.reader(lines))
    except (ValueError, csv.Error, RecursionError) as error:
        raise JobFailure(
            f"ClientError: A record could not be read, so DataProcessing ends: {error}"
        ) from error


def _select(steps: list[Any], record: Any, member: str) -> Any:
    try:
        return select(steps, record)
    except BadPath as problem:
        raise JobFailure(f"ClientError: {member} does not fit a record: {problem}.") from problem


def _joined(kind: str | None, given: Any, made: Any) -> Any:
    if kind == "csv":
        return [*given, *made]
    return {**given, OUTPUT: made} if isinstance(given, dict) else {INPUT: given, OUTPUT: made}


def _text(kind: str | None, records: list[Any]) -> bytes:
    if kind == "csv":
        out = io.StringIO()
        rows = [record if isinstance(record, list) else [record] for record in records]
        csv.writer(out, lineterminator="\n").writerows(rows)
        return out.getvalue().encode()
    end = "" if kind == "json" else "\n"
    return "".join(f"{json.dumps(record, ensure_ascii=False)}{end}" for record in records).encode()
