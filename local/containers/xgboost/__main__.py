"""`python -m containers.xgboost train|serve`: what SageMaker passes to the image's entry point."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..toolkit.environment import TrainingEnvironment
    from ..toolkit.handlers import Handlers

# Threads of XGBoost that wait must not spin: a laptop has other things to do.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")


def main(arguments: list[str]) -> int:
    if arguments == ["train"]:
        from ..toolkit.train import train

        return train("sagemaker_xgboost_container.training:main", _algorithm)
    if arguments == ["serve"]:
        from ..toolkit.serve import serve

        return serve(_handlers)
    print("usage: python -m containers.xgboost train|serve", file=sys.stderr)
    return 2


def _algorithm(environment: TrainingEnvironment) -> None:
    from .builtin.training import run_builtin

    run_builtin(environment)


def _handlers() -> Handlers:
    from ..toolkit.handlers import Handlers
    from .builtin import serving

    return Handlers.of_functions(vars(serving))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
