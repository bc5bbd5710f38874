"""How a transform's input file becomes requests, and answers become its output file."""

from __future__ import annotations

from pathlib import Path
from typing import Iterator

from .errors import JobFailure

MEGABYTE = 1024 * 1024


def batches(file: Path, split: str, strategy: str, most_megabytes: int) -> Iterator[bytes]:
    """One request body after the other. A limit of 0 means none. Raises JobFailure for a record over the
    limit."""
    limit = most_megabytes * MEGABYTE
    if split == "None":
        body = file.read_bytes()
        _fits(len(body), limit, file, "the file")
        yield body
        return
    waiting: list[bytes] = []
    size = 0
    with file.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            _fits(len(line), limit, file, f"line {number}")
            if strategy == "SingleRecord":
                yield line.rstrip(b"\r\n")
                continue
            if waiting and limit and size + len(line) > limit:
                yield b"".join(waiting)
                waiting, size = [], 0
            waiting.append(line)
            size += len(line)
    if waiting:
        yield b"".join(waiting)


def assembled(answer: bytes, assemble_with: str) -> bytes:
    """A line each: what lacks the line's end gets one."""
    return answer if assemble_with == "None" or answer.endswith(b"\n") else answer + b"\n"


def _fits(size: int, limit: int, file: Path, what: str) -> None:
    if limit and size > limit:
        raise JobFailure(
            f"ClientError: {what} of {file.name} has {size} bytes, more than MaxPayloadInMB"
            f" ({limit // MEGABYTE})."
            " Raise MaxPayloadInMB, or split the input by line."
        )
