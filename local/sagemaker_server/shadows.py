"""Shadow variants: they get copies of requests, and nobody waits for them."""

from __future__ import annotations

import random
import sys
import threading
import time
import traceback
from concurrent.futures import ThreadPoolExecutor

from .capture import Capture
from .context import Context
from .errors import ServiceError
from .fleets import Fleet, Variant
from .invocation import Asked, ask, keep

AT_ONCE = 16
# More copies than these are not made: a slow shadow must not fill the memory.
MOST_WAITING = 256
_pool = ThreadPoolExecutor(AT_ONCE, "shadow")
_room = threading.BoundedSemaphore(MOST_WAITING)


def shadow(ctx: Context, capture: Capture, fleet: Fleet, asked: Asked) -> None:
    """Sends a copy to the shadow, as often as its weight is to that of the production variant. Returns at
    once."""
    for variant in fleet.shadows.values():
        production = sum(each.weight for each in fleet.variants.values())
        sampled = production > 0 and random.random() < variant.weight / production
        if sampled and _room.acquire(blocking=False):
            _pool.submit(_send, ctx, capture, fleet, variant, asked)


def _send(ctx: Context, capture: Capture, fleet: Fleet, variant: Variant, asked: Asked) -> None:
    try:
        if not variant.enter():
            return
        try:
            timeout = ctx.settings.invocation_timeout
            reply = ask(ctx, fleet.endpoint, variant, asked, timeout, time.perf_counter())
            keep(capture, fleet, variant, asked, reply)
        except ServiceError:
            pass  # measured by ask, and nobody's answer
        except Exception:  # the thread's end: the last place to say it
            traceback.print_exc(file=sys.stderr)
        finally:
            variant.leave()
    finally:
        _room.release()
