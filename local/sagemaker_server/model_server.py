"""A model server: a container's `serve` process, from its artifact's download to its end."""

from __future__ import annotations

import secrets
import shutil
import socket
import threading
import time
import uuid
from typing import Callable

import urllib3

from . import images
from .context import Context
from .errors import JobFailure
from .folder import environment, fresh
from .objects import Item, inside, split_uri, unpack
from .process import Container
from .state import Doc

PING_EVERY = 0.1
PING_TIMEOUT = 2.0
# A container that ends so often before it ever answered does not come up.
MOST_STARTS = 3
KEPT_CONNECTIONS = 64


class NotServing(Exception):
    """The server's process is not there to answer, or broke off."""


class TimedOut(Exception):
    """The server took longer than an invocation may."""


class ModelServer:
    """`container` is {Image, ModelDataUrl, Environment}, the URL being an archive, or a folder when it ends
    with a slash; log lines go to `group` and `stream`."""

    def __init__(self, ctx: Context, container: Doc, group: str, stream: str, env: dict[str, str]) -> None:
        self._ctx = ctx
        self._spec = container
        self._group, self._stream = group, stream
        self._env = env
        self._base = ctx.settings.state / "servers" / uuid.uuid4().hex
        self._running: Container | None = None
        self._http: urllib3.HTTPConnectionPool | None = None
        self._ready = threading.Event()
        self._stopped = threading.Event()

    def start(self, timeout: float, download_timeout: float | None = None) -> None:
        """Downloads the artifact, starts the process and waits until it answers /ping. Raises JobFailure."""
        fresh(self._base, "model", "tmp")
        began = time.monotonic()
        self._fetch()
        if download_timeout is not None and time.monotonic() - began > download_timeout:
            self.stop(1)
            raise JobFailure(f"the model data was not downloaded within {download_timeout} seconds")
        until = time.monotonic() + timeout
        for _ in range(MOST_STARTS):
            self._spawn()
            if self._answers(until):
                return
            if self._stopped.is_set() or time.monotonic() >= until:
                break
        self.stop(1)
        raise JobFailure("did not pass the ping health check")

    def _fetch(self) -> None:
        uri = self._spec["ModelDataUrl"]
        if not uri:
            return
        if uri.endswith("/"):
            for item in self._ctx.objects.below(uri):
                self._ctx.objects.download(item, inside(self._base / "model", item.relative))
            return
        archive = self._base / "tmp" / "model.tar.gz"
        bucket, key = split_uri(uri)
        self._ctx.objects.download(Item(bucket, key, archive.name), archive)
        unpack(archive, self._base / "model")
        archive.unlink()

    def _spawn(self) -> None:
        command = images.command(self._ctx.settings, self._spec["Image"], "serve")
        if command is None:
            raise JobFailure(f"Requested image {self._spec['Image']} not found.")
        port = _free_port()
        own = {**self._spec["Environment"], **self._env, "SAGEMAKER_BIND_TO_PORT": str(port)}
        env = environment(self._ctx.settings, self._base, own)
        self._running = Container(command, env, self._base, self._log, self._ctx.pids)
        if self._http:
            self._http.close()
        self._http = urllib3.HTTPConnectionPool("127.0.0.1", port, maxsize=KEPT_CONNECTIONS, retries=False)
        if self._stopped.is_set():
            self._running.stop(1)

    def _log(self, line: str) -> None:
        self._ctx.logs.write(self._group, self._stream, line)

    def _answers(self, until: float) -> bool:
        """Waits for /ping to be answered with 200; False when the process ends or the time does."""
        assert self._running and self._http
        while time.monotonic() < until and not self._stopped.is_set():
            if self._running.wait(PING_EVERY) is not None:
                return False
            try:
                answer = self._http.request("GET", "/ping", timeout=urllib3.Timeout(PING_TIMEOUT))
            except urllib3.exceptions.HTTPError:
                continue
            if answer.status == 200:
                self._ready.set()
                return True
        return False

    def keep_up(self) -> None:
        """Starts the process again whenever it ends, slower each time it ends early; returns when stopped."""
        pause = 0.5
        while not self._stopped.is_set():
            assert self._running
            came_up = time.monotonic()
            code = self._running.wait()
            self._ready.clear()
            if self._stopped.is_set():
                return
            self._log(f"The container ended with exit code {code}; it is started again.")
            pause = 0.5 if time.monotonic() - came_up > 60 else min(pause * 2, 30)
            if self._stopped.wait(pause):
                return
            self._spawn()
            if not self._answers(time.monotonic() + self._ctx.settings.startup_timeout):
                self._running.stop(1)

    def ready(self) -> bool:
        return self._ready.is_set()

    def pid(self) -> int | None:
        return self._running.pid if self._running and self._ready.is_set() else None

    def request(self, method: str, path: str, body: bytes | None, headers: dict[str, str], timeout: float):
        """One request to the container; raises NotServing or TimedOut."""
        if not self._http or not self._ready.is_set():
            raise NotServing()
        for again in (True, False):
            try:
                return self._http.request(
                    method, path, body=body, headers=headers, timeout=urllib3.Timeout(timeout)
                )
            except urllib3.exceptions.ReadTimeoutError as error:
                raise TimedOut() from error
            except urllib3.exceptions.HTTPError as error:
                # A kept connection that the container had closed: the request never reached it.
                if again and _was_stale(error) and self._running and self._running.wait(0) is None:
                    continue
                raise NotServing() from error
        raise NotServing()

    def stop(self, grace: float) -> None:
        self._stopped.set()
        self._ready.clear()
        if self._running:
            self._running.stop(grace)
        if self._http:
            self._http.close()
        shutil.rmtree(self._base, ignore_errors=True)


def _was_stale(error: urllib3.exceptions.HTTPError) -> bool:
    causes = error.args[1:] if isinstance(error, urllib3.exceptions.ProtocolError) else ()
    return any(isinstance(cause, (ConnectionResetError, BrokenPipeError)) for cause in causes)


def _free_port(tries: int = 1_000) -> int:
    """One that systems do not give away by themselves: until the container listens, a connection of any program may take those."""
    for _ in range(tries):
        port = 12_000 + secrets.randbelow(20_000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue
    raise RuntimeError("no free port between 12000 and 32000 on 127.0.0.1")


def wait_until(condition: Callable[[], bool], timeout: float) -> bool:
    until = time.monotonic() + timeout
    while not condition():
        if time.monotonic() >= until:
            return False
        time.sleep(0.02)
    return True
