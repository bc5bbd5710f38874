"""Log lines on their way to CloudWatch Logs, in order, while they are written."""

from __future__ import annotations

import sys
import threading
import time
from collections import defaultdict
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

MOST_EVENTS = 1_000
MOST_BYTES = 900_000
MOST_WAITING = 200_000
EVENT_OVERHEAD = 26
Stream = tuple[str, str]


class Logs:
    """`write` never blocks on the network; a delivery that fails is tried again with the next ones."""

    def __init__(self, client: Any, period: float) -> None:
        self._client = client
        self._period = period
        self._waiting: dict[Stream, list[dict[str, Any]]] = defaultdict(list)
        self._count = 0
        self._made: set[Stream] = set()
        self._lock = threading.Lock()
        self._delivering = threading.Lock()
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._run, name="logs", daemon=True)
        self._thread.start()

    def write(self, group: str, stream: str, line: str) -> None:
        with self._lock:
            if self._count >= MOST_WAITING:
                return
            # CloudWatch Logs takes no empty message.
            self._waiting[(group, stream)].append(
                {"timestamp": int(time.time() * 1000), "message": line or " "}
            )
            self._count += 1

    def flush(self) -> None:
        """Delivers all that was written before the call; what cannot be delivered waits on."""
        with self._delivering:
            with self._lock:
                taken, self._waiting, self._count = self._waiting, defaultdict(list), 0
            for place, events in taken.items():
                rest = self._deliver(place, events)
                if rest:
                    with self._lock:
                        self._waiting[place] = rest + self._waiting[place]
                        self._count += len(rest)

    def close(self) -> None:
        self._closed.set()
        self._thread.join(10)
        self.flush()

    def _run(self) -> None:
        while not self._closed.wait(self._period):
            self.flush()

    def _deliver(self, place: Stream, events: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Gives what is still to be delivered."""
        while events:
            size = _batch(events)
            try:
                self._make(place)
                self._client.put_log_events(
                    logGroupName=place[0], logStreamName=place[1], logEvents=events[:size]
                )
            except (BotoCoreError, ClientError) as error:
                self._made.discard(place)
                print(
                    f"sagemaker_server: {len(events)} log lines of {place[0]} wait: {error}", file=sys.stderr
                )
                return events
            events = events[size:]
        return []

    def _make(self, place: Stream) -> None:
        if place in self._made:
            return
        for make, names in (
            (self._client.create_log_group, {"logGroupName": place[0]}),
            (self._client.create_log_stream, {"logGroupName": place[0], "logStreamName": place[1]}),
        ):
            try:
                make(**names)
            except self._client.exceptions.ResourceAlreadyExistsException:
                pass
        self._made.add(place)


def _batch(events: list[dict[str, Any]]) -> int:
    total = 0
    for index, event in enumerate(events[:MOST_EVENTS]):
        total += len(event["message"].encode()) + EVENT_OVERHEAD
        if total > MOST_BYTES and index:
            return index
    return min(len(events), MOST_EVENTS)
