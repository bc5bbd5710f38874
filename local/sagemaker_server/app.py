"""HTTP in front of it all: the control plane at POST /, the runtime at POST /endpoints/<name>/invocations."""

from __future__ import annotations

import asyncio
import sys
import traceback
import urllib.parse
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Callable

from glue_jobs import operations as glue

from . import fault_routes, wire
from .async_inference import LARGEST_INLINE, invoke_async
from .capture import Capture
from .context import Context
from .cut import Cut, cut
from .errors import ServiceError
from .operations import SPOKEN, operate
from .router import LARGEST_BODY, invoke
from .wire import Answer

RUNTIME = {
    "invocations": "InvokeEndpoint",
    "async-invocations": "InvokeEndpointAsync",
    "invocations-response-stream": "InvokeEndpointWithResponseStream",
}
LARGEST_REQUEST = 4 * 1024 * 1024
# What is read on, and thrown away, of a body over its limit, so that the sender can hear our answer.
MOST_THROWN_AWAY = 256 * 1024 * 1024


class App:
    """An ASGI application. Operations and invocations have threads of their own, so that neither waits for
    the other."""

    def __init__(self, ctx: Context, capture: Capture) -> None:
        self._ctx = ctx
        self._capture = capture
        self._operations = ThreadPoolExecutor(8, "operation")
        self._invocations = ThreadPoolExecutor(128, "invocation")

    async def __call__(
        self, scope: dict[str, Any], receive: Callable[..., Any], send: Callable[..., Any]
    ) -> None:
        if scope["type"] == "lifespan":
            await _lifespan(receive, send)
            return
        if scope["type"] != "http":
            return
        try:
            answer = await self._answer(scope, receive)
        except Cut:
            await cut(send)
            return
        headers = [
            (name.encode(), value.encode("latin-1", "replace")) for name, value in answer.headers.items()
        ]
        headers.append((b"content-length", str(len(answer.body)).encode()))
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        await send({"type": "http.response.body", "body": answer.body})

    async def _answer(self, scope: dict[str, Any], receive: Callable[..., Any]) -> Answer:
        # The path as it came: a slash that is written %2F is part of a name.
        method, parts = scope["method"], scope["raw_path"].decode("latin-1").strip("/").split("/")
        headers = {name.decode().lower(): value.decode("latin-1") for name, value in scope["headers"]}
        if method == "GET" and parts == ["health"]:
            return Answer(200, {"content-type": "application/json"}, b'{"status":"ok"}')
        if method == "POST" and parts == [""]:
            return await self._operate(headers, receive)
        if method == "POST" and len(parts) == 3 and parts[0] == "endpoints" and parts[2] in RUNTIME:
            return await self._invoke(RUNTIME[parts[2]], urllib.parse.unquote(parts[1]), headers, receive)
        if parts == ["faults"] and method in fault_routes.METHODS:
            return await self._rule(method, scope["client"], receive)
        what = f"{method} {scope['path']}"
        return wire.failure(ServiceError("UnknownOperationException", f"There is nothing at {what}.", 404))

    async def _operate(self, headers: dict[str, str], receive: Callable[..., Any]) -> Answer:
        target = headers.get("x-amz-target", "")
        if target.startswith(glue.TARGET):
            return await self._glue(target.removeprefix(glue.TARGET), headers, receive)

        prefix, _, name = target.partition(".")
        speaks = SPOKEN[prefix][0] if prefix in SPOKEN else "sagemaker"

        def work() -> Answer:
            if prefix not in SPOKEN:
                raise ServiceError(
                    "UnknownOperationException", f'x-amz-target must be SageMaker.<Operation>, not "{target}"'
                )
            return wire.answer(speaks, name, operate(self._ctx, prefix, name, wire.request_of(body)))

        try:
            body = await _body(receive, LARGEST_REQUEST)
            return await self._disturbed(name, self._operations, work)
        except ServiceError as error:
            return wire.failure(error, speaks)

    async def _glue(self, name: str, headers: dict[str, str], receive: Callable[..., Any]) -> Answer:
        try:
            body = await _body(receive, glue.LARGEST_REQUEST)
            return await self._disturbed(
                name, self._operations, lambda: glue.operate(self._ctx, name, headers, body)
            )
        except ServiceError as error:
            return glue.failure(error)

    async def _invoke(
        self, operation: str, endpoint: str, headers: dict[str, str], receive: Callable[..., Any]
    ) -> Answer:
        def work() -> Answer:
            if operation == "InvokeEndpoint":
                return invoke(self._ctx, self._capture, endpoint, headers, body)
            if operation == "InvokeEndpointAsync":
                return invoke_async(self._ctx, endpoint, headers, body)
            raise ServiceError(
                "ValidationError", f"{operation} is not supported by the local SageMaker server."
            )

        try:
            body = await _body(
                receive, LARGEST_INLINE if operation == "InvokeEndpointAsync" else LARGEST_BODY
            )
            return await self._disturbed(operation, self._invocations, work)
        except ServiceError as error:
            return wire.runtime_failure(error)

    async def _rule(self, method: str, client: tuple[str, int] | None, receive: Callable[..., Any]) -> Answer:
        try:
            body = await _body(receive, fault_routes.LARGEST)
        except ServiceError as error:
            return wire.failure(error)
        return fault_routes.answer(self._ctx.faults, method, client, body)

    async def _disturbed(
        self, operation: str, pool: ThreadPoolExecutor, work: Callable[[], Answer]
    ) -> Answer:
        """The work's answer, or what the rules of faults make of the call."""
        met = self._ctx.faults.meet(operation)
        await asyncio.sleep(met.delay)
        if met.error:
            raise met.error
        if met.reset == "before":
            raise Cut()

        def blindly() -> Answer:
            with self._ctx.state.blind(met.unseen):
                return work()

        try:
            answer = await self._in(pool, blindly)
        except ServiceError as error:
            if met.reset:
                raise Cut() from error
            raise
        if met.reset:
            raise Cut()
        return answer

    async def _in(self, pool: ThreadPoolExecutor, work: Callable[[], Answer]) -> Answer:
        """A bug of ours is AWS's InternalFailure, and a stack on stderr; the server goes on."""
        try:
            return await asyncio.get_running_loop().run_in_executor(pool, work)
        except ServiceError:
            raise
        except Exception as error:
            traceback.print_exc(file=sys.stderr)
            raise ServiceError(
                "InternalFailure", f"An internal failure occurred: {type(error).__name__}", 500
            ) from error


async def _body(receive: Callable[..., Any], limit: int) -> bytes:
    parts: list[bytes] = []
    size = 0
    while True:
        event = await receive()
        if event["type"] == "http.disconnect":
            raise ServiceError("RequestAborted", "The request ended before its body did.")
        size += len(event.get("body", b""))
        if size <= limit:
            parts.append(event.get("body", b""))
        if not event.get("more_body") or size > MOST_THROWN_AWAY:
            break
    if size > limit:
        raise ServiceError("RequestEntityTooLarge", f"HTTP content length exceeded {limit} bytes.", 413)
    return b"".join(parts)


async def _lifespan(receive: Callable[..., Any], send: Callable[..., Any]) -> None:
    while True:
        event = await receive()
        await send({"type": f"{event['type']}.complete"})
        if event["type"] == "lifespan.shutdown":
            return
