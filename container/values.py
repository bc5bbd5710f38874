"""JSON values against DuckDB's column types: checked here, so that a wrong one is refused by its name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from encoders import Encoder, Unfit, encoder


@dataclass(frozen=True)
class Column:
    """`type` as DuckDB names it."""

    name: str
    type: str


class ValueRefused(ValueError):
    """`row` (from 0), `column` (None: the row itself) and what is wrong there."""

    def __init__(self, row: int, column: str | None, problem: str) -> None:
        super().__init__(f"row {row}{f', {column}' if column else ''}: {problem}")
        self.row = row
        self.column = column
        self.problem = problem


def encode_rows(rows: Sequence[Any], columns: Sequence[Column]) -> list[dict[str, Any]]:
    """Rows as JSON objects that DuckDB's from_json reads as the columns' types. Raises `ValueRefused`.

    An absent column stays absent (NULL); instants with an offset become UTC.
    """
    encoders = {column.name: encoder(column.type) for column in columns}
    return [_encode_row(at, row, encoders) for at, row in enumerate(rows)]


def _encode_row(at: int, row: Any, encoders: Mapping[str, Encoder]) -> dict[str, Any]:
    if not isinstance(row, Mapping):
        raise ValueRefused(at, None, f"expected an object, found {_shown(row)}")
    encoded: dict[str, Any] = {}
    for name, value in row.items():
        encode = encoders.get(name)
        if encode is None:
            raise ValueRefused(
                at, str(name), f"is not an input of this model; it takes {', '.join(encoders)}"
            )
        try:
            encoded[name] = None if value is None else encode(value)
        except Unfit as unfit:
            raise ValueRefused(
                at, name, f"expected {unfit.expected}, found {_shown(value)}; {unfit.mend}"
            ) from None
    return encoded


def _shown(value: Any) -> str:
    """A value as JSON would write it, cut short: it goes into a message."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, Mapping):
        return "an object"
    if isinstance(value, (list, tuple)):
        return "an array"
    if isinstance(value, str):
        text = value.encode("utf-8", "backslashreplace").decode("utf-8")
        return f'"{text[:60]}…"' if len(text) > 60 else f'"{text}"'
    text = (
        str(value) if not isinstance(value, int) or abs(value) < 10**60 else "a number of more than 60 digits"
    )
    return text[:80]
