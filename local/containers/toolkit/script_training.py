"""Script mode: the customer's program as a child, in the code folder, with arguments and SM_* variables."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections import deque
from types import FrameType
from typing import IO

from .environment import TrainingEnvironment
from .errors import ExecuteUserScriptError
from .program import fetch, install_requirements

KEPT_LINES = 200
_ERROR_LINE = re.compile(r"[A-Za-z_][\w.]*(Error|Exception|Failure|Exit|Interrupt|Warning)\b.*")


def run_script(environment: TrainingEnvironment) -> None:
    """Returns when the program ended well. Raises `ClientError`s."""
    assert environment.program
    fetch(environment.layout, environment.submit_directory, environment.program)
    install_requirements(environment.layout)
    command = [*_runner(environment.program), *environment.arguments()]
    print(f"Invoking script with the following command:\n\n{' '.join(command)}\n", flush=True)
    code, errors = _run(command, environment)
    if code:
        raise ExecuteUserScriptError(command, code, _message(errors))


def _runner(program: str) -> list[str]:
    if program.endswith(".py"):
        return [sys.executable, "-m", program.removesuffix(".py").replace("/", ".")]
    return ["/bin/sh", program]


def _run(command: list[str], environment: TrainingEnvironment) -> tuple[int, list[str]]:
    paths = [str(environment.layout.packages), os.environ.get("PYTHONPATH", "")]
    process = subprocess.Popen(
        command,
        cwd=environment.layout.code,
        env={**os.environ, **environment.variables(), "PYTHONPATH": os.pathsep.join(filter(None, paths))},
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
    )

    def stop(number: int, _frame: FrameType | None) -> None:
        process.send_signal(number)

    before = signal.signal(signal.SIGTERM, stop)
    try:
        assert process.stderr
        errors = _passed_on(process.stderr)
        return process.wait(), errors
    finally:
        signal.signal(signal.SIGTERM, before)


def _passed_on(stream: IO[str]) -> list[str]:
    """Writes the script's stderr to our own as it comes; gives the last lines."""
    last: deque[str] = deque(maxlen=KEPT_LINES)
    for line in stream:
        sys.stderr.write(line)
        sys.stderr.flush()
        last.append(line.rstrip("\n"))
    return list(last)


def _message(lines: list[str]) -> str:
    """From the last line that names an error on; the end of stderr when none does."""
    for at in range(len(lines) - 1, -1, -1):
        if _ERROR_LINE.match(lines[at]):
            return "\n".join(lines[at:]).strip()
    return "\n".join(lines[-10:]).strip()
