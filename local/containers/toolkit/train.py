"""Training by the customer's script or the image's own algorithm; a failure is told in output/failure."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable

from .environment import TrainingEnvironment, read_environment
from .errors import ClientError
from .layout import current


def train(framework: str, builtin: Callable[[TrainingEnvironment], None] | None = None) -> int:
    """The exit code: 0, or 1 with output/failure written. `builtin` is the image's own algorithm, if any."""
    layout = current()
    for folder in (layout.model, layout.output / "data", layout.code):
        folder.mkdir(parents=True, exist_ok=True)
    try:
        environment = read_environment(layout, framework)
        if environment.program:
            from .script_training import run_script

            run_script(environment)
        elif builtin:
            builtin(environment)
        else:
            raise ClientError(
                "no program to run: give the hyperparameters sagemaker_program and sagemaker_submit_directory"
            )
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
