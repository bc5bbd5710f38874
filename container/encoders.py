"""From one JSON value to what DuckDB's from_json reads as a column's type; what does not fit is `Unfit`."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

Encoder = Callable[[Any], Any]


class Unfit(Exception):
    """`expected` and `mend` are parts of a sentence."""

    def __init__(self, expected: str, mend: str) -> None:
        super().__init__(expected)
        self.expected = expected
        self.mend = mend


def encoder(type_name: str) -> Encoder:
    """For a type as DuckDB names it; null is not its business."""
    plain = type_name.upper().split("(")[0].strip()
    if type_name.endswith("]") or plain in ("STRUCT", "MAP", "UNION"):
        return _nested
    if plain in _WHOLE:
        low, high = _WHOLE[plain]
        return lambda value: _whole(value, low, high)
    return _ENCODERS.get(plain, _text)


# The largest numbers are sent as text: JSON numbers beyond 64 bits would pass through a double.
_WHOLE = {
    "TINYINT": (-(2**7), 2**7 - 1),
    "SMALLINT": (-(2**15), 2**15 - 1),
    "INTEGER": (-(2**31), 2**31 - 1),
    "BIGINT": (-(2**63), 2**63 - 1),
    "HUGEINT": (-(2**127), 2**127 - 1),
    "UTINYINT": (0, 2**8 - 1),
    "USMALLINT": (0, 2**16 - 1),
    "UINTEGER": (0, 2**32 - 1),
    "UBIGINT": (0, 2**64 - 1),
    "UHUGEINT": (0, 2**128 - 1),
}


def _whole(value: Any, low: int, high: int) -> int | str:
    unfit = Unfit("a whole number", "send a whole number or null")
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise unfit
    if isinstance(value, float) and not value.is_integer():
        raise unfit
    if not low <= value <= high:
        raise Unfit(f"a whole number from {low} to {high}", "send one in range or null")
    return int(value) if abs(value) < 2**63 else str(int(value))


def _number(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise Unfit("a number", "send a number or null")
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if math.isinf(number):
        raise Unfit("a number that a double can hold", "send a smaller one or null")
    if math.isnan(number):
        raise Unfit("a number", "send a number or null")
    return number


def _decimal(value: Any) -> str:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else repr(_number(value))


def _boolean(value: Any) -> bool:
    if not isinstance(value, bool):
        raise Unfit("true or false", "send true, false or null")
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise Unfit("a string", "send a string or null")
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        raise Unfit("a string of Unicode characters", "send whole surrogate pairs or null") from None
    return value


_DATE = re.compile(r"\d{4}-\d{2}-\d{2}\Z", re.ASCII)
_TIMESTAMP = re.compile(
    r"(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2})?)(\.\d{1,9})?\s?(Z|z|[+-]\d{2}(?::?\d{2})?)?)?\Z",
    re.ASCII,
)


def _date(value: Any) -> str:
    if isinstance(value, str) and _DATE.match(value):
        try:
            return date.fromisoformat(value).isoformat()
        except ValueError:
            pass
    raise Unfit("a date such as 2001-05-31", "send a date or null")


def _timestamp(value: Any) -> str:
    """The instant in UTC, without its offset; the fraction's digits go through untouched."""
    unfit = Unfit("an ISO 8601 timestamp such as 2001-05-31T16:05:00Z", "send a timestamp or null")
    match = _TIMESTAMP.match(value) if isinstance(value, str) else None
    if not match:
        raise unfit
    day, clock, fraction, offset = match.groups()
    try:
        instant = datetime.fromisoformat(f"{day}T{clock or '00:00'}") - _offset(offset)
    except (ValueError, OverflowError):
        raise unfit from None
    return f"{instant.isoformat(timespec='seconds')}{fraction or ''}"


def _offset(text: str | None) -> timedelta:
    if text is None or text in "Zz":
        return timedelta(0)
    digits = text[1:].replace(":", "").ljust(4, "0")
    hours, minutes = int(digits[:2]), int(digits[2:])
    if hours > 23 or minutes > 59:
        raise ValueError(text)
    return timedelta(hours=hours, minutes=minutes) * (-1 if text[0] == "-" else 1)


def _timestamp_with_zone(value: Any) -> str:
    return f"{_timestamp(value)}+00"


_TIME = re.compile(r"\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?\Z", re.ASCII)


def _time(value: Any) -> str:
    if isinstance(value, str) and _TIME.match(value):
        try:
            time.fromisoformat(value.split(".")[0])
            return value
        except ValueError:
            pass
    raise Unfit("a time such as 16:05:00", "send a time or null")


def _nested(value: Any) -> Any:
    if not isinstance(value, (list, dict)):
        raise Unfit("an array or an object", "send one or null")
    return value


_ENCODERS: dict[str, Encoder] = {
    "BOOLEAN": _boolean,
    "FLOAT": _number,
    "DOUBLE": _number,
    "DECIMAL": _decimal,
    "DATE": _date,
    "TIME": _time,
    "TIMESTAMP": _timestamp,
    "TIMESTAMP_S": _timestamp,
    "TIMESTAMP_MS": _timestamp,
    "TIMESTAMP_NS": _timestamp,
    "TIMESTAMP WITH TIME ZONE": _timestamp_with_zone,
}
