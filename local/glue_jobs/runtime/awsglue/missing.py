"""How parts of Glue's library that a laptop does not have say so."""

from __future__ import annotations

from typing import Any


def missing(what: str, instead: str) -> NotImplementedError:
    return NotImplementedError(f"{what} is not there on a laptop: {instead}. See docs/laptop-glue.md.")


class Partial:
    """A class of which only some is here: the rest is refused in words, also when it is only looked for."""

    _instead = "use Spark's own"

    def __getattr__(self, name: str) -> Any:
        # Python itself looks for these and takes AttributeError for no.
        if name.startswith("_"):
            raise AttributeError(name)
        raise missing(f"{type(self).__name__}.{name}", self._instead)
