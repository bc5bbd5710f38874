"""What a training job says as it runs: its metrics, by regular expression, and its last words."""

from __future__ import annotations

import math
import threading
import time
from collections import deque
from typing import TYPE_CHECKING, Any, Callable

import regex

from .metrics import Metrics
from .state import Doc

if TYPE_CHECKING:
    from .context import Context

KIND = "training-metrics"
JOB_KIND = "training-job"
NAMESPACE = "/aws/sagemaker/TrainingJobs"
LAST_LINES = 30
MOST_MEASURED = 10_000
# A definition that needs longer for one line is given up: its expression backtracks without end.
LONGEST_MATCH = 0.2
_NUMBER = r"([-+]?[0-9]*\.?[0-9]+(?:[eE][-+]?[0-9]+)?)"
# What SageMaker's own XGBoost reports without being asked.
_XGBOOST = (
    "accuracy auc aucpr balanced_accuracy error f1 f1_binary f1_macro logloss mae map merror mlogloss mse"
    " ndcg precision r2 recall rmse"
).split()
Measured = tuple[float, float]


def definitions_of(job: Doc) -> list[dict[str, str]]:
    """The request's own definitions, else those of the built-in algorithm."""
    given = job["AlgorithmSpecification"].get("MetricDefinitions")
    if given or "sagemaker-xgboost" not in job["AlgorithmSpecification"].get("TrainingImage", ""):
        return given or []
    return [
        {"Name": f"{part}:{metric}", "Regex": rf"\[[0-9]+\].*(?:\s|#011){part}-{metric}:{_NUMBER}"}
        for part in ("train", "validation")
        for metric in _XGBOOST
    ]


def unreadable(expression: str) -> str | None:
    """Why a regular expression cannot be used; None when it can."""
    try:
        regex.compile(expression)
    except regex.error as error:
        return str(error)
    return None


def series(ctx: Context, job: str, metric: str) -> list[Measured]:
    """(value, unix time) of all that was measured, oldest first, while the job runs and after it."""
    handle = ctx.jobs.find(JOB_KIND, job)
    if handle and handle.progress:
        return handle.progress.series(metric)
    kept = ctx.state.get(KIND, job) or {"series": {}}
    return [(value, at) for value, at in kept["series"].get(metric, [])]


class Progress:
    """`see` may be called from several hosts' threads; `tell` takes what the job's log should say."""

    def __init__(self, job: Doc, metrics: Metrics, tell: Callable[[str], None]) -> None:
        self._job = job["TrainingJobName"]
        self._metrics = metrics
        self._tell = tell
        self._lock = threading.Lock()
        self._patterns = {each["Name"]: regex.compile(each["Regex"]) for each in definitions_of(job)}
        self._series: dict[str, deque[Measured]] = {}
        self._lines: deque[str] = deque(maxlen=LAST_LINES)

    def see(self, line: str) -> None:
        if line.strip():
            with self._lock:
                self._lines.append(line)
        for name, pattern in list(self._patterns.items()):
            try:
                # Without the interpreter's lock, so that a long match holds up nobody else.
                for found in pattern.finditer(line, timeout=LONGEST_MATCH, concurrent=True):
                    self._measure(name, found)
            except TimeoutError:
                if self._patterns.pop(name, None):
                    self._tell(
                        f"[sagemaker logs]: metric {name} is measured no more: its regular expression took"
                        f" longer than {LONGEST_MATCH:g} s on one line. Write one that does not backtrack."
                    )

    def _measure(self, name: str, found: Any) -> None:
        try:
            value = float(found.group(1) if found.re.groups else found.group(0))
        except (TypeError, ValueError):
            return
        # JSON, and CloudWatch, have no infinity.
        if not math.isfinite(value):
            return
        with self._lock:
            self._series.setdefault(name, deque(maxlen=MOST_MEASURED)).append((value, time.time()))
        self._metrics.add(NAMESPACE, name, "None", {"TrainingJobName": self._job}, value)

    def last_words(self) -> str:
        with self._lock:
            return "\n".join(self._lines)[-900:] or "the container said nothing"

    def series(self, metric: str) -> list[Measured]:
        with self._lock:
            return list(self._series.get(metric, ()))

    def all_series(self) -> dict[str, list[Measured]]:
        with self._lock:
            return {name: list(measured) for name, measured in self._series.items()}

    def restore(self, kept: Doc) -> None:
        """What was measured before, as `all_series` gave it."""
        with self._lock:
            for name, measured in kept["series"].items():
                self._series[name] = deque(((value, at) for value, at in measured), MOST_MEASURED)

    def final(self) -> list[dict[str, Any]]:
        """The last value of each metric."""
        return [
            {"MetricName": name, "Value": measured[-1][0], "Timestamp": measured[-1][1]}
            for name, measured in self.all_series().items()
        ]
