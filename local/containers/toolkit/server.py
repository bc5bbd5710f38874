"""The model server: GET /ping, GET /execution-parameters and POST /invocations, over Hypercorn."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from typing import Any

from hypercorn.asyncio import serve
from hypercorn.config import Config

from .environment import cpus
from .handlers import Answer, Handlers

MEGABYTE = 1024 * 1024
MAX_BODY = int(os.environ.get("SAGEMAKER_MAX_REQUEST_SIZE", str(6 * MEGABYTE)))
# Threads mostly wait for the model, which serves all that wait together.
THREADS = 32
# A thread that comes back from DuckDB or XGBoost must not wait Python's usual 5 ms for the busy event loop.
SWITCH_SECONDS = 0.0005
GRACE_SECONDS = 20.0

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


async def run_server(handlers: Handlers, port: int) -> int:
    """Answers until SIGTERM or SIGINT, then finishes what is under way. 1 when the port is taken."""
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    sys.setswitchinterval(SWITCH_SECONDS)
    with ThreadPoolExecutor(THREADS, "invocation") as threads:
        try:
            await serve(_app(handlers, threads), _config(port), shutdown_trigger=stopping.wait)  # type: ignore[arg-type]
        except OSError as error:
            print(f"The model server cannot listen on port {port}: {error}", file=sys.stderr, flush=True)
            return 1
    return 0


def _config(port: int) -> Config:
    config = Config()
    config.bind = [f"127.0.0.1:{port}"]
    config.graceful_timeout = GRACE_SECONDS
    # Longer than clients keep a connection, so that they close it and no request meets a closing one.
    config.keep_alive_timeout = 75.0
    config.keep_alive_max_requests = 1_000_000
    config.include_server_header = False
    config.accesslog = None
    config.loglevel = "WARNING"
    return config


def _app(
    handlers: Handlers, threads: ThreadPoolExecutor
) -> Callable[[dict[str, Any], Receive, Send], Awaitable[None]]:
    async def invocations(scope: dict[str, Any], receive: Receive) -> Answer:
        headers = {
            name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]
        }
        body = await _read(receive)
        if body is None:
            return _error(
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"the request has more than {MAX_BODY} bytes; send less"
            )
        arguments = (body, headers.get("content-type", ""), headers.get("accept", ""))
        return await asyncio.get_running_loop().run_in_executor(threads, handlers.answer, *arguments)

    async def app(scope: dict[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await _lifespan(receive, send)
            return
        method, path = scope["method"], scope["path"]
        if path == "/invocations" and method == "POST":
            answer = await invocations(scope, receive)
        elif path in _STATIC and method in ("GET", "HEAD"):
            answer = _STATIC[path]
        elif path in _STATIC or path == "/invocations":
            answer = _error(HTTPStatus.METHOD_NOT_ALLOWED, f"{path} does not take {method}")
        else:
            answer = _error(HTTPStatus.NOT_FOUND, f"there is no {path}; use GET /ping or POST /invocations")
        await _send(answer, send)

    return app


# The server listens only once the model is loaded: whoever reaches /ping is served.
_STATIC = {
    "/ping": Answer(200, "application/json", b""),
    "/execution-parameters": Answer(
        200,
        "application/json",
        json.dumps(
            {
                "MaxConcurrentTransforms": cpus(),
                "BatchStrategy": "MULTI_RECORD",
                "MaxPayloadInMB": max(1, MAX_BODY // MEGABYTE),
            }
        ).encode(),
    ),
}


async def _read(receive: Receive) -> bytes | None:
    """The whole body; None when it is too large: read on unkept, so that the client gets the answer."""
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return None
        size += len(message.get("body", b""))
        if size > MAX_BODY:
            parts.clear()
            if size > 2 * MAX_BODY:
                return None
        else:
            parts.append(message.get("body", b""))
        if not message.get("more_body"):
            return None if size > MAX_BODY else b"".join(parts)


def _error(status: HTTPStatus, message: str) -> Answer:
    return Answer(int(status), "application/json", json.dumps({"error": {"message": message}}).encode())


async def _send(answer: Answer, send: Send) -> None:
    headers = [
        (b"content-type", answer.content_type.encode("latin-1")),
        (b"content-length", b"%d" % len(answer.body)),
    ]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body})


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
