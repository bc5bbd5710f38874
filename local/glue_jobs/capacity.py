"""What a job asks of machines: checked as Glue does, and kept; a job gets what the laptop has."""

from __future__ import annotations

from typing import Any

from .errors import invalid

MEMBERS = ("AllocatedCapacity", "MaxCapacity", "WorkerType", "NumberOfWorkers")
DPU = {"Standard": 1, "G.025X": 0.25, "G.1X": 1, "G.2X": 2, "G.4X": 4, "G.8X": 8}
DEFAULT_WORKERS = 10
MOST_WORKERS = 299


def capacity(command: str, given: dict[str, Any]) -> dict[str, Any]:
    """All members of `MEMBERS` that a definition or a run with these has. Raises InvalidInputException."""
    workers, kind = given.get("NumberOfWorkers"), given.get("WorkerType")
    allocated = given.get("AllocatedCapacity") or None
    dpus = given.get("MaxCapacity", allocated)
    if command == "pythonshell":
        if workers is not None or kind is not None:
            raise invalid("Worker Type is not supported for Job Command pythonshell.")
        dpus = 0.0625 if dpus is None else dpus
        if dpus not in (0.0625, 1):
            raise invalid(f"MaxCapacity of a pythonshell job must be 0.0625 or 1, not {dpus}.")
        return {"MaxCapacity": float(dpus), "AllocatedCapacity": int(dpus)}
    if dpus is not None and (workers is not None or kind is not None):
        raise invalid("Please do not set Max Capacity if using Worker Type and Number of Workers.")
    if (workers is None) != (kind is None):
        raise invalid("Please set both Worker Type and Number of Workers.")
    if kind is None:
        # Glue makes workers of a capacity that older clients give.
        kind, workers = "G.1X", DEFAULT_WORKERS if dpus is None else dpus
    if kind not in DPU:
        raise invalid(f"Worker Type {kind} is not supported for Job Command {command}.")
    if not 2 <= workers <= MOST_WORKERS or workers != int(workers):
        raise invalid(f"Number of Workers must be a whole number from 2 to {MOST_WORKERS}, not {workers}.")
    total = DPU[kind] * int(workers)
    return {
        "WorkerType": kind,
        "NumberOfWorkers": int(workers),
        "MaxCapacity": float(total),
        "AllocatedCapacity": int(total),
    }


def of_a_run(job: dict[str, Any], request: dict[str, Any]) -> dict[str, Any]:
    """What a run has: its own, where it asks for some, else the job's."""
    given = {name: request[name] for name in MEMBERS if name in request}
    if not given:
        return {name: job[name] for name in MEMBERS if name in job}
    if set(given) & {"WorkerType", "NumberOfWorkers"}:
        own = {name: job[name] for name in ("WorkerType", "NumberOfWorkers") if name in job}
        given = {**own, **given}
    return capacity(job["Command"]["Name"], given)
