"""One way to list: filters, order and pages of every List operation."""

from __future__ import annotations

import base64
import json
from typing import Any, Callable

from .errors import refused, validation
from .state import Doc

PAGE = 10
_TIMES = ("CreationTime", "LastModifiedTime")
_COMMON = {"MaxResults", "NextToken", "SortBy", "SortOrder", "NameContains"}
Key = Callable[[Doc], Any]


def page(
    items: list[Doc],
    request: dict[str, Any],
    name: str,
    status: str | None = None,
    order: str = "Descending",
    keep: Callable[[Doc], bool] = lambda item: True,
    sort: str = "CreationTime",
    own: tuple[str, ...] = (),
    sorts: dict[str, Key] | None = None,
    since: bool = False,
) -> tuple[list[Doc], str | None]:
    """One page and the token of the next. `name` and `status` are the members that NameContains and
    StatusEquals look at; every other <Member>Equals looks at that member. `sort` and `order` are the
    operation's own defaults, `sorts` further values of SortBy, each with what it sorts by. `own` are members
    of the request that `keep` sees to; a member that nobody sees to is refused. With `since`, <Time>After
    takes the very time, too."""
    for member in request:
        if not _is_seen_to(member, status, own):
            raise refused(f"{member} of a List operation", "Leave it out.")
    key = _key(request.get("SortBy", sort), name, status, sorts or {})
    descending = request.get("SortOrder", order) == "Descending"
    found = [item for item in items if _matches(item, request, name, status, since, own) and keep(item)]
    found.sort(key=key, reverse=descending)
    sorting = [request.get("SortBy", sort), descending]
    offset = _offset(request.get("NextToken"), [key(item) for item in found], sorting)
    end = offset + request.get("MaxResults", PAGE)
    shown = found[offset:end]
    return shown, _token(sorting, key(shown[-1])) if end < len(found) and shown else None


def _is_seen_to(member: str, status: str | None, own: tuple[str, ...]) -> bool:
    if member == "StatusEquals":
        return status is not None or member in own
    times = {f"{time}{side}" for time in _TIMES for side in ("After", "Before")}
    return member in _COMMON or member in times or member in own or member.endswith("Equals")


def _key(by: str, name: str, status: str | None, sorts: dict[str, Key]) -> Callable[[Doc], list[Any]]:
    """By what is asked for, then by name and version, so that no two are equal."""
    fields = {"Name": name, "CreationTime": "CreationTime", **({"Status": status} if status else {})}
    if by not in sorts and by not in fields:
        raise refused(f"SortBy {by}", f"Use one of {', '.join([*fields, *sorts])}.")
    value: Key = sorts.get(by) or (lambda item: item.get(fields[by]) or ("" if by != "CreationTime" else 0))
    return lambda item: [value(item), str(item.get(name) or ""), item.get("ModelPackageVersion", 0)]


def _matches(
    item: Doc, request: dict[str, Any], name: str, status: str | None, since: bool, own: tuple[str, ...]
) -> bool:
    if request.get("NameContains", "").lower() not in str(item.get(name) or "").lower():
        return False
    for member, wanted in request.items():
        if member in own or not member.endswith("Equals"):
            continue
        field = str(status) if member == "StatusEquals" else member.removesuffix("Equals")
        if _plain(item.get(field)) != wanted:
            return False
    return all(_within(item, request, field, since) for field in _TIMES)


def _plain(value: Any) -> Any:
    """A status may stand inside a structure, as a warm pool's does."""
    return value.get("Status") if isinstance(value, dict) else value


def _within(item: Doc, request: dict[str, Any], field: str, since: bool) -> bool:
    # Answers tell milliseconds, so what is asked with them is compared with them.
    at = round(item.get(field, 0), 3)
    after, before = request.get(f"{field}After"), request.get(f"{field}Before")
    if after is not None and not (at > round(after, 3) or (since and at == round(after, 3))):
        return False
    return before is None or at < round(before, 3)


def _token(sorting: list[Any], key: list[Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps([sorting, key]).encode()).decode()


def _offset(token: str | None, keys: list[list[Any]], sorting: list[Any]) -> int:
    """Pages go on behind the last item shown, whatever came or went since."""
    if token is None:
        return 0
    try:
        had, last = json.loads(base64.urlsafe_b64decode(token.encode()))
        if had != sorting or not isinstance(last, list):
            raise ValueError(token)
        return sum(1 for key in keys if (key >= last if sorting[1] else key <= last))
    except (ValueError, TypeError, RecursionError) as error:
        raise validation(
            "Invalid NextToken: use the one that the previous answer gave, with the same sorting."
        ) from error
