"""Why a training job failed, in AWS's words."""

from __future__ import annotations

from pathlib import Path
from .progress import Progress

MAX_REASON = 1024
INTERNAL = "InternalServerError: We encountered an internal error. Please try again."
CAPACITY = (
    "CapacityError: Unable to provision requested ML compute capacity."
    " Please retry using a different ML instance type."
)


def algorithm_error(base: Path, code: int, progress: Progress) -> str:
    """The container's own words in output/failure, else the last that the job said."""
    try:
        said = (base / "output" / "failure").read_text(errors="replace").strip()
    except OSError:
        said = ""
    start, end = "AlgorithmError: ", f", exit code: {code}"
    words = said or progress.last_words()
    return f"{start}{words[: MAX_REASON - len(start) - len(end)]}{end}"
