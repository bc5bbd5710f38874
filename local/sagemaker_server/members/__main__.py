"""Writes the table of members as Markdown to standard output: docs/laptop-sagemaker-members.md."""

from __future__ import annotations

from glue_jobs import operations as glue

from ..model import service
from ..statuses import Row
from . import MEMBERS, members_of

HEAD = """# Members of requests on a laptop

<!-- Generated from local/sagemaker_server/members and local/glue_jobs/members.py by `npm run docs`. -->

What becomes of each member of each request to the [SageMaker server](laptop-sagemaker.md) and to
[Glue](laptop-glue.md), by the services' own model. A test sends every one of them, and every value where there is a
choice of few.

- **real**: it acts.
- **recorded**: it is kept and described, and there is nothing on a laptop that it could act on.
- **refused**: a request with it is refused, in words that name it. `false` and what is empty ask for nothing.

A structure stands for all of its members; `[]` is a list.
"""
TITLES = {
    "sagemaker": "SageMaker",
    "sagemaker-runtime": "SageMaker Runtime",
    "application-autoscaling": "Application Auto Scaling",
    "glue": "Glue",
}
NOT_SUPPORTED = {
    "sagemaker": "`UnsupportedOperationException`",
    "sagemaker-runtime": "`ValidationError`",
    "application-autoscaling": "`UnsupportedOperationException`",
}
WORDS = ("real", "recorded", "refused")
Paths = dict[str, "Paths"]


def page() -> str:
    return "\n".join([HEAD, *(line for speaks in MEMBERS for line in _service(speaks))])


def _service(speaks: str) -> list[str]:
    tables = [line for operation in MEMBERS[speaks] for line in _operation(speaks, operation)]
    return [f"## {TITLES[speaks]}", "", _summary(speaks), "", *tables]


def _summary(speaks: str) -> str:
    every = service(speaks).operation_names
    words = [row.status.word for operation in MEMBERS[speaks] for row in members_of(speaks, operation)]
    counts = ", ".join(f"{words.count(word)} {word}" for word in WORDS)
    has = f"{len(MEMBERS[speaks])} of {len(every)} operations are here, with {len(words)} members: {counts}."
    if speaks == "glue":
        refused = sum(1 for name in every if name not in MEMBERS[speaks] and glue.REFUSED.fullmatch(name))
        passed = len(every) - len(MEMBERS[speaks]) - refused
        return (
            f"{has} {refused} others are refused with `UnsupportedOperationException`; {passed} are passed on to the"
            " emulator."
        )
    others = len(every) - len(MEMBERS[speaks])
    return f"{has} Refused with {NOT_SUPPORTED[speaks]}, as operations: {others}."


def _operation(speaks: str, operation: str) -> list[str]:
    rows = members_of(speaks, operation)
    lines = [f"| {word} | {cell} |" for word in WORDS if (cell := _cell(rows, word))]
    notes = list(dict.fromkeys(note for row in rows for note in _notes(row)))
    return [f"### {operation}", "", "| | |", "| --- | --- |", *lines, "", *notes, *([""] if notes else [])]


def _cell(rows: list[Row], word: str) -> str:
    tree: Paths = {}
    for row in rows:
        place = tree
        for name in row.said_at.split(".") if row.status.word == word else ():
            place = place.setdefault(name, {})
    return ", ".join(f"`{part}`" for part in _parts(tree))


def _parts(tree: Paths) -> list[str]:
    """`A.{B, C}`, and `{A, B}.C` where two structures have the same members."""
    named: dict[str, list[str]] = {}
    for name, below in tree.items():
        tail = f".{_one_of(_parts(below))}" if below else ""
        named.setdefault(tail, []).append(name)
    leaves = named.pop("", [])
    return [*leaves, *(f"{_one_of(names)}{tail}" for tail, names in named.items())]


def _one_of(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{{{', '.join(names)}}}"


def _notes(row: Row) -> list[str]:
    """What there is to say of a member besides its status."""
    but = [f"`{value}`" for value in row.status.but]
    refused = [f"{' and '.join(but)} {'is' if len(but) == 1 else 'are'} refused"] if but else []
    said = [*refused, *([row.status.note] if row.status.note else [])]
    return [f"- `{row.said_at}`: {'; '.join(said)}."] if said else []


if __name__ == "__main__":
    print(page(), end="")
