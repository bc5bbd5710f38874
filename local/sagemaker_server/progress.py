"""What a training job says as it runs: its metrics, by regular expression, and its last words."""

from __future__ import annotations

import math
import re
import sys
import time
from collections import deque
from typing import Any

from .metrics import Metrics
from .state import Doc

NAMESPACE = "/aws/sagemaker/TrainingJobs"
LAST_LINES = 30
_NUMBER = r"([-+]?[0-9]*\.?[0-9]+(?:[eE][-+]?[0-9]+)?)"
# What SageMaker's own XGBoost reports without being asked.
_XGBOOST = (
    "accuracy auc aucpr balanced_accuracy error f1 f1_binary f1_macro logloss mae map merror mlogloss mse"
    " ndcg precision r2 recall rmse"
).split()


def definitions_of(job: Doc) -> list[dict[str, str]]:
    given = job["AlgorithmSpecification"].get("MetricDefinitions")
    if given or "sagemaker-xgboost" not in job["AlgorithmSpecification"].get("TrainingImage", ""):
        return given or []
    return [
        {"Name": f"{part}:{metric}", "Regex": rf"\[[0-9]+\].*(?:\s|#011){part}-{metric}:{_NUMBER}"}
        for part in ("train", "validation")
        for metric in _XGBOOST
    ]


class Progress:
    def __init__(self, job: Doc, metrics: Metrics) -> None:
        self._job = job["TrainingJobName"]
        self._metrics = metrics
        self._patterns: list[tuple[str, re.Pattern[str]]] = []
        self._last: dict[str, tuple[float, float]] = {}
        self._lines: deque[str] = deque(maxlen=LAST_LINES)
        for definition in definitions_of(job):
            try:
                self._patterns.append((definition["Name"], re.compile(definition["Regex"])))
            except re.error as error:
                print(
                    f"sagemaker_server: metric {definition['Name']} is not measured: {error}", file=sys.stderr
                )

    def see(self, line: str) -> None:
        if line.strip():
            self._lines.append(line)
        for name, pattern in self._patterns:
            for found in pattern.finditer(line):
                self._measure(name, found)

    def _measure(self, name: str, found: re.Match[str]) -> None:
        try:
            value = float(found.group(1) if found.re.groups else found.group(0))
        except (TypeError, ValueError):
            return
        # JSON, and CloudWatch, have no infinity.
        if not math.isfinite(value):
            return
        self._last[name] = (value, time.time())
        self._metrics.add(NAMESPACE, name, "None", {"TrainingJobName": self._job}, value)

    def last_words(self) -> str:
        return "\n".join(self._lines)[-900:] or "the container said nothing"

    def final(self) -> list[dict[str, Any]]:
        return [
            {"MetricName": name, "Value": value, "Timestamp": at} for name, (value, at) in self._last.items()
        ]
