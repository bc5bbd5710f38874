"""One way to list: filters, order and pages of every List operation."""

from __future__ import annotations

import base64
import json
from typing import Any, Callable

from .errors import validation
from .state import Doc

PAGE = 10
_FIELDS = {"CreationTime": "CreationTime", "LastModifiedTime": "LastModifiedTime"}


def page(
    items: list[Doc],
    request: dict[str, Any],
    name: str,
    status: str | None = None,
    order: str = "Descending",
    keep: Callable[[Doc], bool] = lambda item: True,
) -> tuple[list[Doc], str | None]:
    """One page and the token of the next. `name` and `status` are the members that NameContains and
    StatusEquals look at."""
    field = {**_FIELDS, "Name": name, "Status": status or name}.get(
        request.get("SortBy", "CreationTime"), "CreationTime"
    )

    def key(item: Doc) -> list[Any]:
        return [item.get(field) or item.get("CreationTime") or 0, str(item.get(name) or "")]

    found = [item for item in items if _matches(item, request, name, status) and keep(item)]
    found.sort(key=key, reverse=request.get("SortOrder", order) == "Descending")
    offset = _offset(request.get("NextToken"), [key(item) for item in found], request, order)
    size = request.get("MaxResults", PAGE)
    shown = found[offset : offset + size]
    more = offset + size < len(found)
    return shown, _token(key(shown[-1])) if more and shown else None


def _matches(item: Doc, request: dict[str, Any], name: str, status: str | None) -> bool:
    if request.get("NameContains", "").lower() not in str(item.get(name) or "").lower():
        return False
    if status and request.get("StatusEquals") and item.get(status) != request["StatusEquals"]:
        return False
    for field in ("CreationTime", "LastModifiedTime"):
        if request.get(f"{field}After") is not None and not item.get(field, 0) > request[f"{field}After"]:
            return False
        if request.get(f"{field}Before") is not None and not item.get(field, 0) < request[f"{field}Before"]:
            return False
    return True


def _token(key: list[Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(key).encode()).decode()


def _offset(token: str | None, keys: list[list[Any]], request: dict[str, Any], order: str) -> int:
    """Pages go on behind the last item shown, whatever came or went since."""
    if token is None:
        return 0
    try:
        last = json.loads(base64.urlsafe_b64decode(token.encode()))
        descending = request.get("SortOrder", order) == "Descending"
        return sum(1 for key in keys if (key >= last if descending else key <= last))
    except (ValueError, TypeError) as error:
        raise validation(
            "Invalid NextToken: use the one that the previous answer gave, with the same sorting."
        ) from error
