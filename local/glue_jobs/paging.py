"""Pages of a list."""

from __future__ import annotations

from typing import Any, TypeVar

from .errors import invalid

T = TypeVar("T")


def page(items: list[T], request: dict[str, Any], size: int) -> tuple[list[T], str | None]:
    """One page of at most `size`, or of MaxResults, and the token of the next."""
    token = request.get("NextToken") or "0"
    if not token.isascii() or not token.isdigit():
        raise invalid("Invalid NextToken: use the one that the previous answer gave.")
    start = int(token)
    end = start + request.get("MaxResults", size)
    return items[start:end], str(end) if end < len(items) else None
