"""What containers use of the machine: processor and memory of a guard's process group."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")


@dataclass(frozen=True)
class Process:
    pid: int
    parent: int
    group: int
    seconds: float
    bytes: int


def processes() -> list[Process]:
    if (_PROC / "self" / "stat").exists():
        return [found for entry in _PROC.iterdir() if entry.name.isdigit() and (found := _from_proc(entry))]
    shown = subprocess.run(
        ["ps", "-axo", "pid=,ppid=,pgid=,time=,rss="], capture_output=True, text=True, timeout=10, check=False
    )
    return [_from_ps(line.split()) for line in shown.stdout.splitlines() if len(line.split()) == 5]


def usage(all_processes: list[Process], guard: int) -> tuple[float, int]:
    """Processor seconds so far and bytes resident of all that runs under a guard."""
    groups = {process.group for process in all_processes if process.parent == guard}
    members = [process for process in all_processes if process.group in groups]
    return sum(member.seconds for member in members), sum(member.bytes for member in members)


def memory_of_machine() -> int:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def _from_proc(entry: Path) -> Process | None:
    try:
        fields = (entry / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    ticks = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return Process(
        int(entry.name), int(fields[1]), int(fields[2]), ticks, int(fields[21]) * os.sysconf("SC_PAGE_SIZE")
    )


def _from_ps(fields: list[str]) -> Process:
    seconds = 0.0
    for part in fields[3].replace("-", ":").split(":"):
        seconds = seconds * 60 + float(part)
    return Process(int(fields[0]), int(fields[1]), int(fields[2]), seconds, int(fields[4]) * 1024)
