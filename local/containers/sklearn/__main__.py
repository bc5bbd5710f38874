"""`python -m containers.sklearn train|serve`: what SageMaker passes to the image's entry point."""

from __future__ import annotations

import sys


def main(arguments: list[str]) -> int:
    if arguments == ["train"]:
        from ..toolkit.train import train

        return train("sagemaker_sklearn_container.training:main")
    if arguments == ["serve"]:
        from ..toolkit.serve import serve
        from .defaults import DEFAULTS

        return serve(defaults=DEFAULTS)
    print("usage: python -m containers.sklearn train|serve", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
