"""Measurements on their way to CloudWatch: single values with counts, so that percentiles can be told from
them."""

from __future__ import annotations

import sys
import threading
import time
from collections import Counter, defaultdict
from typing import Any, Callable

from botocore.exceptions import BotoCoreError, ClientError

from .patience import PATIENCE, patiently

MOST_VALUES = 150
MOST_DATA = 500
# Namespace, name, unit, dimensions, the second it was measured in.
Series = tuple[str, str, str, tuple[tuple[str, str], ...], int]


class Metrics:
    """`add` is cheap and called from request threads; a thread publishes every `period` seconds."""

    def __init__(self, client: Any, period: float) -> None:
        self._client = client
        self._period = period
        self._values: dict[Series, Counter[float]] = defaultdict(Counter)
        self._lock = threading.Lock()
        self._publishing = threading.Lock()
        self._closed = threading.Event()
        self._samplers: list[Callable[[], None]] = []
        self._thread = threading.Thread(target=self._run, name="metrics", daemon=True)
        self._thread.start()

    def add(self, namespace: str, name: str, unit: str, dimensions: dict[str, str], *values: float) -> None:
        series = (namespace, name, unit, tuple(dimensions.items()), int(time.time()))
        with self._lock:
            self._values[series].update(values)

    def sample_with(self, sampler: Callable[[], None]) -> None:
        """Called before each publication, to add what is measured by looking."""
        self._samplers.append(sampler)

    def publish(self) -> None:
        with self._publishing:
            with self._lock:
                taken, self._values = self._values, defaultdict(Counter)
            by_namespace: dict[str, list[dict[str, Any]]] = defaultdict(list)
            for series, counts in taken.items():
                by_namespace[series[0]].extend(_data(series, counts))
            for namespace, data in by_namespace.items():
                self._send(namespace, data)

    def close(self) -> None:
        self._closed.set()
        self._thread.join(10)
        self.publish()

    def _run(self) -> None:
        while not self._closed.wait(self._period):
            for sampler in self._samplers:
                try:
                    sampler()
                except Exception as error:  # one sampler's bug must not end the others' metrics
                    print(f"sagemaker_server: a measurement failed: {error!r}", file=sys.stderr)
            self.publish()

    def _send(self, namespace: str, data: list[dict[str, Any]]) -> None:
        for start in range(0, len(data), MOST_DATA):
            part = data[start : start + MOST_DATA]
            try:
                patiently(
                    lambda part=part: self._client.put_metric_data(Namespace=namespace, MetricData=part),
                    0 if self._closed.is_set() else PATIENCE,
                )
            except (BotoCoreError, ClientError) as error:
                print(
                    f"sagemaker_server: {len(part)} metric data of {namespace} lost: {error}", file=sys.stderr
                )


def _data(series: Series, counts: Counter[float]) -> list[dict[str, Any]]:
    _, name, unit, dimensions, second = series
    pairs = sorted(counts.items())
    return [
        {
            "MetricName": name,
            "Dimensions": [{"Name": key, "Value": value} for key, value in dimensions],
            "Timestamp": second,
            "Unit": unit,
            "Values": [value for value, _ in pairs[start : start + MOST_VALUES]],
            "Counts": [float(count) for _, count in pairs[start : start + MOST_VALUES]],
        }
        for start in range(0, len(pairs), MOST_VALUES)
    ]
