"""ministack, with its state saved while it runs and not only when it stops: a kill loses seconds, not everything.

Objects in S3 are written to disk at once by ministack itself (`S3_PERSIST`); this looks after all other services.
"""

import functools
import threading
from typing import Any

from ministack import app as ministack

SAVE_EVERY_SECONDS = 2.0

_changed = threading.Event()
_saving = threading.Lock()
_serve = ministack.app
_save_all = ministack.save_all


async def noticing(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Serves a request and notes that there is something to save."""
    await _serve(scope, receive, send)
    if scope["type"] == "http" and not scope["path"].endswith("/health"):
        _changed.set()


@functools.wraps(_save_all)
def save_all(services: dict[str, Any]) -> None:
    """ministack's own, one at a time: it saves when it stops, from another thread than ours."""
    with _saving:
        _save_all(services)


def keep_saving() -> None:
    """Saves every service that was used, a little after each change. A state that changes under our hands is saved next time."""
    pause = threading.Event()
    while True:
        _changed.wait()
        pause.wait(SAVE_EVERY_SECONDS)
        _changed.clear()
        ministack.save_all(ministack._build_persistence_save_dict())


ministack.app = noticing
ministack.save_all = save_all

if __name__ == "__main__":
    threading.Thread(target=keep_saving, daemon=True, name="keep-saving").start()
    ministack.main()
