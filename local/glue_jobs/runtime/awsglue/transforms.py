"""Glue's transforms are not here: Spark's own do the same on `DynamicFrame.toDF()`."""

from __future__ import annotations

from typing import Any

from .missing import missing

_NAMES = ("ApplyMapping", "DropFields", "DropNullFields", "Filter", "FlatMap", "Join", "Map",
          "MapToCollection", "Relationalize", "RenameField", "ResolveChoice", "SelectFields",
          "SelectFromCollection", "Spigot", "SplitFields", "SplitRows", "Unbox", "UnnestFrame")  # fmt: skip
__all__ = list(_NAMES)


class _Refused:
    """Scripts import all of them by `*`; only a use is refused."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        raise missing(f"awsglue.transforms.{self._name}", "use toDF() and Spark's own")

    def apply(self, *args: Any, **kwargs: Any) -> Any:
        return self()


globals().update({name: _Refused(name) for name in _NAMES})
