"""`python -m containers.xgboost train|serve`: what SageMaker passes to the image's entry point."""

from __future__ import annotations

import os
import sys

# Threads of XGBoost that wait must not spin: a laptop has other things to do.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")


def main(arguments: list[str]) -> int:
    if arguments == ["train"]:
        from .train import train

        return train()
    if arguments == ["serve"]:
        from .serve import serve

        return serve()
    print("usage: python -m containers.xgboost train|serve", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
