"""The service model's patterns are Java's; this makes Python's of them."""

from __future__ import annotations

import re
import sys
import unicodedata
from functools import lru_cache

_FIXED = {"ASCII": "\\x00-\\x7f", "Print": "\\x20-\\x7e", "Graph": "\\x21-\\x7e", "Alnum": "a-zA-Z0-9"}
_REPEATED_END = re.compile(r"(?<!\\)\$\{\d+,\d+\}")
_PROPERTY = re.compile(r"\\p\{(\w+)\}")


@lru_cache(maxsize=None)
def _category(letter: str) -> str:
    """Ranges of a character class for a Unicode category such as L, N or Z."""
    ranges: list[str] = []
    start = None
    for code in range(sys.maxunicode + 2):
        inside = code <= sys.maxunicode and unicodedata.category(chr(code)).startswith(letter)
        if inside and start is None:
            start = code
        if not inside and start is not None:
            ranges.append(f"\\U{start:08x}-\\U{code - 1:08x}")
            start = None
    return "".join(ranges)


def _ranges(name: str) -> str:
    return _FIXED.get(name) or _category(name.removeprefix("Is"))


@lru_cache(maxsize=None)
def compiled(pattern: str) -> re.Pattern[str]:
    """A pattern of the service model as a Python regular expression; match it with `fullmatch`."""
    # Java writes what is beyond 16 bits as pairs.
    pattern = pattern.replace(r"\uD800\uDC00-\uDBFF\uDFFF", r"\U00010000-\U0010ffff")
    out: list[str] = []
    depth = 0
    at = 0
    while at < len(pattern):
        found = _PROPERTY.match(pattern, at)
        if found:
            ranges = _ranges(found.group(1))
            out.append(ranges if depth else f"[{ranges}]")
            at = found.end()
            continue
        pair = pattern[at : at + 2]
        if pair == "\\u":
            out.append(pattern[at : at + 6])
            at += 6
            continue
        if pair[0] == "\\":
            out.append({"\\z": "\\Z"}.get(pair, pair))
            at += 2
            continue
        # A class in a class is a union in Java.
        if pair[0] == "[":
            depth += 1
            out.append("[" if depth == 1 else "")
        elif pair[0] == "]" and depth:
            depth -= 1
            out.append("]" if depth == 0 else "")
        else:
            out.append(pair[0])
        at += 1
    # Some patterns repeat the end: "$" is taken for it once.
    text = _REPEATED_END.sub("$", "".join(out))
    try:
        return re.compile(text)
    except re.error:
        # Six of the service's patterns, all of operations that are not here, are no regular expressions in
        # Python.
        return re.compile(".*", re.DOTALL)
