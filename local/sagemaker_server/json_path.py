"""The JSONPath of a transform's filters, as far as SageMaker knows it: $, .name, .*, ['name', 'name'],
[0, 2], [1:], [0, 5:] and [*]."""

from __future__ import annotations

import re
from typing import Any

_STEP = re.compile(r"\.(?P<name>[A-Za-z_][\w-]*)|\.(?P<every>\*)|\[(?P<inside>[^\[\]]*)\]")
_ITEM = re.compile(
    r"\s*(?:(?P<quoted>'[^']*'|\"[^\"]*\")|(?P<slice>-?\d*\s*:\s*-?\d*)|(?P<index>-?\d+)|(?P<every>\*))\s*"
)
Step = tuple[Any, ...]


class BadPath(Exception):
    """The expression is no path, or leads to nothing in a record."""


def read_path(text: str) -> list[Step]:
    """The steps of an expression. Raises BadPath."""
    if not text.startswith("$"):
        raise BadPath(f'"{text}" is no JSONPath: it begins with $')
    steps: list[Step] = []
    at = 1
    while at < len(text):
        found = _STEP.match(text, at)
        if not found:
            raise BadPath(f'"{text}" is no JSONPath that SageMaker knows: look at "{text[at:]}"')
        steps.append(_step(text, found))
        at = found.end()
    return steps


def _step(text: str, found: re.Match[str]) -> Step:
    if found["name"]:
        return ("names", [found["name"]])
    if found["every"]:
        return ("every",)
    items = [_ITEM.fullmatch(part) for part in found["inside"].split(",")]
    if any(item is None for item in items):
        raise BadPath(f'"{text}" is no JSONPath that SageMaker knows: look at "[{found["inside"]}]"')
    kept = [item for item in items if item]
    if all(item["quoted"] for item in kept):
        return ("names", [item["quoted"][1:-1] for item in kept])
    if len(kept) == 1 and kept[0]["every"]:
        return ("every",)
    if any(item["quoted"] or item["every"] for item in kept):
        raise BadPath(f'"{text}" mixes names and positions in "[{found["inside"]}]"')
    return ("places", [_place(item) for item in kept])


def _place(item: re.Match[str]) -> int | slice:
    if item["index"]:
        return int(item["index"])
    start, _, end = item["slice"].partition(":")
    return slice(int(start) if start.strip() else None, int(end) if end.strip() else None)


def select(steps: list[Step], value: Any) -> Any:
    """What the path leads to; several names give an object, several positions an array. Raises BadPath."""
    if not steps:
        return value
    step, rest = steps[0], steps[1:]
    if step[0] == "every":
        values = value.values() if isinstance(value, dict) else value
        if not isinstance(value, (dict, list)):
            raise BadPath("* asks for the parts of what has none")
        return [select(rest, each) for each in values]
    if step[0] == "names":
        return select(rest, _named(step[1], value))
    return select(rest, _placed(step[1], value))


def _named(names: list[str], value: Any) -> Any:
    missing = [name for name in names if not isinstance(value, dict) or name not in value]
    if missing:
        raise BadPath(f'there is no "{missing[0]}"')
    return value[names[0]] if len(names) == 1 else {name: value[name] for name in names}


def _placed(places: list[int | slice], value: Any) -> Any:
    if not isinstance(value, list):
        raise BadPath("a position asks for a part of what is no list")
    found: list[Any] = []
    for place in places:
        if isinstance(place, int) and not -len(value) <= place < len(value):
            raise BadPath(f"there is no position {place} among {len(value)}")
        found += value[place] if isinstance(place, slice) else [value[place]]
    return found[0] if len(places) == 1 and isinstance(places[0], int) else found
