"""What becomes of a member of a request, and trees of such statuses in the shape of the request."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Iterator, Union

from botocore.model import Shape


@dataclass(frozen=True)
class Status:
    """`but` are values that are refused all the same; `note` is for the reader of the table."""

    word: str
    but: tuple[str, ...] = ()
    note: str = ""

    def without(self, *values: str) -> Status:
        return replace(self, but=values)

    def noting(self, note: str) -> Status:
        return replace(self, note=note)


# It acts. Said of single members only, so that a new member of a structure is never taken for one that acts.
REAL = Status("real")
# It is kept and described; there is nothing here that it could act on.
RECORDED = Status("recorded")
# A request with it is refused, in words that name it.
REFUSED = Status("refused")

Tree = dict[str, Union[Status, "Tree"]]


@dataclass(frozen=True)
class Row:
    """A member by its path, such as `InputDataConfig[].ShuffleConfig.Seed`; `said_at` is the member of which
    the status is said: itself, or a structure that it is part of."""

    path: str
    said_at: str
    status: Status
    shape: Any


def all_of(status: Status, *names: str) -> Tree:
    """The status for each name; a text may hold several."""
    return dict.fromkeys((name for text in names for name in text.split()), status)


def rows(shape: Any, tree: Tree) -> list[Row]:
    """All leaves of a request's shape. Raises LookupError for members without a status, and for statuses
    without a member."""
    return list(_rows(shape, tree, ""))


def _rows(shape: Any, tree: Tree, path: str) -> Iterator[Row]:
    places = {name: f"{path}.{name}" if path else name for name in shape.members}
    lost = set(tree) ^ set(shape.members)
    if lost:
        raise LookupError(f"{path or shape.name}: not in both model and table: {', '.join(sorted(lost))}")
    for name, member in shape.members.items():
        inner, place = _inside(member, places[name])
        said = tree[name]
        if isinstance(said, dict):
            yield from _rows(inner, said, place)
            continue
        whole = [Row(leaf, place, said, found) for leaf, found in leaves(inner, place)]
        if said.word == "real" and [row.path for row in whole] != [place]:
            raise LookupError(f"{place} has members: say for each of them that it is real")
        yield from whole


def leaves(shape: Any, path: str, seen: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    """Members that hold no others that a request could name; a map is one, and so is what holds itself."""
    shape, path = _inside(shape, path)
    if shape.type_name != "structure" or not shape.members or shape.name in seen:
        yield path, shape
        return
    for name, member in shape.members.items():
        yield from leaves(member, f"{path}.{name}", (*seen, shape.name))


def _inside(shape: Any, path: str) -> tuple[Shape, str]:
    while shape.type_name == "list":
        shape, path = shape.member, f"{path}[]"
    return shape, path
