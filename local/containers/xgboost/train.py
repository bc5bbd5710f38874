"""Training by the customer's script or the built-in algorithm; a failure is told in output/failure."""

from __future__ import annotations

import sys
import traceback

from .environment import read_environment
from .errors import ClientError
from .layout import current


def train() -> int:
    """The exit code: 0, or 1 with output/failure written."""
    layout = current()
    for folder in (layout.model, layout.output / "data", layout.code):
        folder.mkdir(parents=True, exist_ok=True)
    try:
        environment = read_environment(layout)
        if environment.program:
            from .script_training import run_script

            run_script(environment)
        else:
            from .builtin.training import run_builtin

            run_builtin(environment)
    except ClientError as error:
        layout.failure.write_text(str(error), "utf-8")
        print(error, file=sys.stderr, flush=True)
        return 1
    except Exception as error:
        words = f"framework error: \n{traceback.format_exc()}\n{error}"
        layout.failure.write_text(words, "utf-8")
        print(words, file=sys.stderr, flush=True)
        return 1
    if not any(layout.model.iterdir()):
        print("WARNING: training wrote nothing into the model folder", file=sys.stderr, flush=True)
    print("Reporting training SUCCESS", flush=True)
    return 0
