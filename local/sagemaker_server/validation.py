"""Checks a request against its shape, and words what is wrong as AWS does."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from botocore.model import Shape

from .errors import ServiceError
from .patterns import compiled

# A longer string is refused by its length alone: matching it could take very long.
LONGEST_MATCHED = 100_000
_WORDS = {"string": "STRING_VALUE", "number": "NUMBER_VALUE", "list": "START_ARRAY", "map": "START_OBJECT"}


def check(shape: Shape, value: Any) -> None:
    """Raises `SerializationException` for a wrong type, `ValidationException` for broken constraints."""
    problems: list[str] = []
    _walk(shape, value, "", problems)
    if not problems:
        return
    plural = "error" if len(problems) == 1 else "errors"
    raise ServiceError(
        "ValidationException", f"{len(problems)} validation {plural} detected: {'; '.join(problems)}"
    )


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return "TRUE_VALUE" if value else "FALSE_VALUE"
    if isinstance(value, str):
        return _WORDS["string"]
    if isinstance(value, (int, float)):
        return _WORDS["number"]
    return _WORDS["list"] if isinstance(value, list) else _WORDS["map"]


def _wrong_type(shape: Shape, value: Any, path: str) -> ServiceError:
    return ServiceError(
        "SerializationException",
        f"{_kind(value)} can not be converted to {shape.type_name} at '{path or 'request'}'",
    )


def _lower(name: str) -> str:
    return name[:1].lower() + name[1:]


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _show(shape: Shape, value: Any) -> str:
    if shape.metadata.get("sensitive"):
        return "***Sensitive Data Redacted***"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}={item}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(str(item) for item in value) + "]"
    return str(value)


def _walk(shape: Shape, value: Any, path: str, problems: list[str]) -> None:
    checkers = {
        "structure": _structure,
        "list": _list,
        "map": _map,
        "string": _string,
        "integer": _number,
        "long": _number,
        "float": _number,
        "double": _number,
        "boolean": _boolean,
        "timestamp": _timestamp,
        "blob": _blob,
    }
    checkers[shape.type_name](shape, value, path, problems)


def _structure(shape: Any, value: Any, path: str, problems: list[str]) -> None:
    if not isinstance(value, dict):
        raise _wrong_type(shape, value, path)
    for name in shape.required_members:
        if value.get(name) is None:
            problems.append(
                f"Value null at '{_join(path, _lower(name))}' failed to satisfy constraint: Member must"
                " not be null"
            )
    # Members that the service does not know are ignored, as there.
    for name, member in shape.members.items():
        if value.get(name) is not None:
            _walk(member, value[name], _join(path, _lower(name)), problems)


def _sized(shape: Shape, length: int, what: str) -> list[str]:
    found = []
    if "max" in shape.metadata and length > shape.metadata["max"]:
        found.append(f"Member must have {what} less than or equal to {shape.metadata['max']}")
    if "min" in shape.metadata and length < shape.metadata["min"]:
        found.append(f"Member must have {what} greater than or equal to {shape.metadata['min']}")
    return found


def _report(shape: Shape, value: Any, path: str, constraints: list[str], problems: list[str]) -> None:
    for constraint in constraints:
        problems.append(
            f"Value '{_show(shape, value)}' at '{path}' failed to satisfy constraint: {constraint}"
        )


def _list(shape: Any, value: Any, path: str, problems: list[str]) -> None:
    if not isinstance(value, list):
        raise _wrong_type(shape, value, path)
    _report(shape, value, path, _sized(shape, len(value), "length"), problems)
    for index, item in enumerate(value, 1):
        _walk(shape.member, item, f"{path}.{index}.member", problems)


def _map(shape: Any, value: Any, path: str, problems: list[str]) -> None:
    if not isinstance(value, dict):
        raise _wrong_type(shape, value, path)
    _report(shape, value, path, _sized(shape, len(value), "length"), problems)
    for key, item in value.items():
        broken = _string_constraints(shape.key, key)
        if broken:
            _report(
                shape, value, path, [f"Map keys must satisfy constraint: [{', '.join(broken)}]"], problems
            )
        if shape.value.type_name != "string":
            _walk(shape.value, item, f"{path}.{key}.member", problems)
            continue
        if not isinstance(item, str):
            raise _wrong_type(shape.value, item, _join(path, key))
        broken = _string_constraints(shape.value, item)
        if broken:
            _report(
                shape, value, path, [f"Map value must satisfy constraint: [{', '.join(broken)}]"], problems
            )


def _string_constraints(shape: Any, value: str) -> list[str]:
    broken = _sized(shape, len(value), "length")
    if getattr(shape, "enum", None) and value not in shape.enum:
        broken.append(f"Member must satisfy enum value set: [{', '.join(shape.enum)}]")
    pattern = shape.metadata.get("pattern")
    if pattern and len(value) <= LONGEST_MATCHED and not compiled(pattern).fullmatch(value):
        broken.append(f"Member must satisfy regular expression pattern: {pattern}")
    return broken


def _string(shape: Any, value: Any, path: str, problems: list[str]) -> None:
    if not isinstance(value, str):
        raise _wrong_type(shape, value, path)
    _report(shape, value, path, _string_constraints(shape, value), problems)


def _number(shape: Any, value: Any, path: str, problems: list[str]) -> None:
    whole = shape.type_name in ("integer", "long")
    if isinstance(value, bool) or not isinstance(value, (int, float)) or (whole and value != int(value)):
        raise _wrong_type(shape, value, path)
    _report(shape, value, path, _sized(shape, value, "value"), problems)


def _boolean(shape: Any, value: Any, path: str, problems: list[str]) -> None:
    if not isinstance(value, bool):
        raise _wrong_type(shape, value, path)


def _timestamp(shape: Any, value: Any, path: str, problems: list[str]) -> None:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise _wrong_type(shape, value, path)


def _blob(shape: Any, value: Any, path: str, problems: list[str]) -> None:
    if not isinstance(value, str):
        raise _wrong_type(shape, value, path)
    try:
        data = base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError) as error:
        raise _wrong_type(shape, value, path) from error
    _report(shape, value, path, _sized(shape, len(data), "length"), problems)
