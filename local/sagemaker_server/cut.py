"""A connection that ends without an answer."""

from __future__ import annotations

from typing import Any

from hypercorn.protocol.events import StreamClosed


class Cut(Exception):
    """The call gets no answer: its connection is closed."""


async def cut(send: Any) -> None:
    """Closes the connection of an ASGI call before anything was sent. ASGI has no word for this: `send` is
    the method of Hypercorn's stream, whose own way to its connection is used."""
    stream = send.__self__
    await stream.send(StreamClosed(stream_id=stream.stream_id))
