"""Serving: loads the model, then answers on 127.0.0.1:$SAGEMAKER_BIND_TO_PORT until SIGTERM."""

from __future__ import annotations

import asyncio
import os
import sys
import traceback
from collections.abc import Callable, Mapping
from typing import Any

from .errors import ClientError
from .handlers import Handlers
from .layout import Layout, current


def serve(builtin: Callable[[], Handlers] | None = None, defaults: Mapping[str, Any] | None = None) -> int:
    """The exit code: 0 after SIGTERM, 1 when the model cannot be loaded; the reason is in the log.

    Without a script, `builtin` gives what answers; `defaults` stand in for functions that a script leaves
    out.
    """
    layout = current()
    try:
        if builtin and not os.environ.get("SAGEMAKER_PROGRAM"):
            handlers = builtin()
        else:
            handlers = _script_handlers(layout, defaults or {})
        handlers.load(str(layout.model))
    except ClientError as error:
        print(f"The model cannot be served: {error}", file=sys.stderr, flush=True)
        return 1
    except Exception as error:
        traceback.print_exc()
        print(f"The model cannot be loaded: {type(error).__name__}: {error}", file=sys.stderr, flush=True)
        return 1
    from .server import run_server

    return asyncio.run(run_server(handlers, int(os.environ.get("SAGEMAKER_BIND_TO_PORT", "8080"))))


def _script_handlers(layout: Layout, defaults: Mapping[str, Any]) -> Handlers:
    from .program import fetch, install_requirements

    program = os.environ.get("SAGEMAKER_PROGRAM")
    if not program:
        raise ClientError("SAGEMAKER_PROGRAM is not set: name the script that has model_fn")
    fetch(layout, os.environ.get("SAGEMAKER_SUBMIT_DIRECTORY", str(layout.code)), program)
    install_requirements(layout)
    sys.path[:0] = [str(layout.code), str(layout.packages)]
    return Handlers.of_module(program.removesuffix(".py").replace("/", "."), defaults)
