"""Members that this server would not act on are refused, unless they ask for nothing."""

from __future__ import annotations

from typing import Any

from .errors import refused


def wanted(value: Any) -> bool:
    """A structure that only says no asks for nothing."""
    return any(wanted(each) for each in value.values()) if isinstance(value, dict) else bool(value)


def refuse(given: dict[str, Any], members: tuple[str, ...], place: str, instead: str = "") -> None:
    """`place` is what they are members of: "a training job". Raises ValidationException."""
    for member in members:
        if wanted(given.get(member)):
            raise refused(f"{member} of {place}", instead)
