"""Makes ministack durable: what a request changed is on disk before its answer goes out, and a kill loses nothing of it.

ministack itself writes S3's objects at once, and everything else only when it stops. Here the state of the service that a request
changed is written before the answer, once for all requests that wait. Metrics and logs grow with every request: of those, the
requests themselves are kept in a journal and served again at the next start, and their state is written now and then.

What a service changes on its own (a function's log lines, the state of an alarm) is written within seconds.
"""

import asyncio
import base64
import functools
import json
import os
import re
import time
from pathlib import Path
from typing import Any, Awaitable, Callable
from urllib.parse import parse_qs

import aws_functions
from aws_journal import Journal
from aws_uploads import Uploads
from ministack import app as ministack
from ministack.core import persistence

Scope = dict[str, Any]
Message = dict[str, Any]
Send = Callable[[Message], Awaitable[None]]

# State that grows with every request, by its key: the rest is written as a whole.
JOURNALED = ("cloudwatch", "cloudwatch_logs")
# What a service changes in others while it answers.
ALSO = {"sns": ("sqs",), "apigateway": ("apigateway_v1",), "iam": ("sts",)}
# Their answers are not of the service's own state.
DATA_PLANES = re.compile(r"/invocations$|/_user_request_|execute-api")
READS = re.compile(r"^(?:Get|List|Describe|Head|Filter|BatchGet|Search|Start(?:Query|LiveTail)|Test)[A-Z]")
ACTION = re.compile(rb"(?:^|&)Action=(\w+)")
# A state that is written now and then is written for at most a twentieth of the time.
EVERY_SECONDS = 2.0
SHARE = 20

_serve = ministack.app


def _modules(service: str) -> set[str]:
    found = ministack.SERVICE_REGISTRY.get(service, {})
    return {found.get("module", service), *found.get("sub_modules", ())}


def keys_of(service: str) -> list[str]:
    """The keys under which a service's state is kept."""
    modules = _modules(service)
    return [key for key, module in ministack._state_map.items() if module in modules]


class States:
    """The states of services on disk, each a file that is replaced as a whole."""

    def __init__(self) -> None:
        self.folder = Path(persistence.STATE_DIR)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.journals = {key: Journal(self.folder, key) for key in JOURNALED}
        self._written: dict[str, int] = {}
        self._waiting: set[str] = set()
        self._writing: asyncio.Task[None] | None = None

    async def written(self, keys: list[str]) -> None:
        """Returns when the states are on disk: those who wait at the same time share one write."""
        self._waiting.update(keys)
        self._writing = self._writing or asyncio.ensure_future(self._write_waiting())
        await asyncio.shield(self._writing)

    async def _write_waiting(self) -> None:
        await asyncio.sleep(0)
        keys, self._waiting, self._writing = self._waiting, set(), None
        for key in keys:
            self.write(key)

    def write(self, key: str) -> None:
        """On the event loop, so that no request changes it meanwhile."""
        get_state = ministack._build_persistence_save_dict().get(key)
        state = _steady(get_state) if get_state else None
        if state is None:
            return
        journal = self.journals.get(key)
        wrapped = {"__ministack_format__": persistence._state_format_version(key), "payload": state}
        text = json.dumps(wrapped, default=persistence._json_default)
        if self._written.get(key) == hash(text):
            return
        self._written[key] = hash(text)
        if journal:
            text = f'{{"journal": "{journal.fresh()}", {text[1:]}'
        file = self.folder / f"{key}.json"
        file.with_suffix(".next").write_text(text)
        os.replace(file.with_suffix(".next"), file)
        if journal:
            journal.drop_old()

    def write_all(self) -> None:
        for key in ministack._build_persistence_save_dict():
            self.write(key)


def _steady(get_state: Callable[[], Any], tries: int = 20) -> Any:
    """A service's own thread may change its state while it is copied: then it is copied again."""
    for left in reversed(range(tries)):
        try:
            return get_state()
        except RuntimeError:
            if not left:
                raise
    return None


class Durable:
    """ministack's ASGI application, with its states on disk."""

    def __init__(self) -> None:
        self._states = States()
        self._uploads = Uploads(self._states.folder)
        self._changed = asyncio.Event()
        ministack.save_all = lambda _: self._states.write_all()

    async def __call__(self, scope: Scope, receive: Any, send: Send) -> None:
        if scope["type"] == "lifespan":
            await _serve(scope, receive, functools.partial(self._starts, send))
        elif scope["type"] != "http" or scope["method"] in ("GET", "HEAD", "OPTIONS"):
            await _serve(scope, receive, send)
            if scope["type"] == "http" and DATA_PLANES.search(_where(scope)):
                self._changed.set()
        else:
            await self._change(scope, receive, send)

    async def _starts(self, send: Send, message: Message) -> None:
        if message["type"] == "lifespan.startup.complete":
            self._uploads.restore()
            aws_functions.finish()
            for journal in self._states.journals.values():
                for request in journal.left():
                    await _again(request)
            self._keeper = asyncio.ensure_future(self._keep())
        await send(message)

    async def _keep(self) -> None:
        """Writes what services change on their own, and what is in the journals."""
        pause = EVERY_SECONDS
        while True:
            await self._changed.wait()
            await asyncio.sleep(pause)
            self._changed.clear()
            began = time.monotonic()
            try:
                self._states.write_all()
            except Exception as error:  # the keeper must not end: what it could not write is written next time
                print(f"aws_durable: a state could not be written: {error!r}", flush=True)
                self._changed.set()
            pause = max(EVERY_SECONDS, SHARE * (time.monotonic() - began))

    async def _change(self, scope: Scope, receive: Any, send: Send) -> None:
        body: list[bytes] = []

        async def hearing() -> Message:
            message = await receive()
            body.append(message.get("body", b""))
            return message

        async def telling(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] < 400:
                await self._on_disk(scope, body)
            await send(message)

        await _serve(scope, hearing, telling)

    async def _on_disk(self, scope: Scope, body: list[bytes]) -> None:
        self._changed.set()
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        path, query = scope["path"], parse_qs(scope["query_string"].decode(), keep_blank_values=True)
        if DATA_PLANES.search(_where(scope)) or READS.match(_action(path, headers, body)):
            return
        service = ministack.detect_service(scope["method"], path, headers, query)
        if service == "s3" and "/" in path.strip("/"):
            self._uploads.write(query)
            return
        keys = [key for name in (service, *ALSO.get(service, ())) for key in keys_of(name)]
        journaled = [key for key in keys if key in self._states.journals]
        for key in journaled:
            self._states.journals[key].add(_kept(scope, body))
        await self._states.written([key for key in keys if key not in journaled])


def _where(scope: Scope) -> str:
    """Host and path."""
    host = next((value for name, value in scope["headers"] if name.lower() == b"host"), b"")
    return host.decode("latin-1") + scope["path"]


def _action(path: str, headers: dict[str, str], body: list[bytes]) -> str:
    """The operation's name, by whichever of AWS's protocols it comes; nothing where it is told by method and path alone."""
    if "x-amz-target" in headers:
        return headers["x-amz-target"].rpartition(".")[2]
    if "/operation/" in path:
        return path.rpartition("/operation/")[2]
    found = ACTION.search(body[0]) if body else None
    return found.group(1).decode() if found else ""


def _kept(scope: Scope, body: list[bytes]) -> dict[str, Any]:
    return {
        **{name: scope[name] for name in ("type", "method", "path", "scheme", "http_version")},
        "query": scope["query_string"].decode(),
        "headers": [[name.decode("latin-1"), value.decode("latin-1")] for name, value in scope["headers"]],
        "body": base64.b64encode(b"".join(body)).decode(),
    }


async def _again(kept: dict[str, Any]) -> None:
    """Serves a request of the journal; its answer was given before."""
    body = {"type": "http.request", "body": base64.b64decode(kept["body"]), "more_body": False}
    scope = {
        **{name: kept[name] for name in ("type", "method", "path", "scheme", "http_version")},
        "raw_path": kept["path"].encode(),
        "query_string": kept["query"].encode(),
        "headers": [(name.encode("latin-1"), value.encode("latin-1")) for name, value in kept["headers"]],
        "client": ("127.0.0.1", 0),
    }

    async def receive() -> Message:
        return body

    async def send(_: Message) -> None:
        return

    await _serve(scope, receive, send)
