"""One tuning job, trial by trial, in its own thread; it goes on where an earlier server left it."""

from __future__ import annotations

import time

from . import training
from .context import Context
from .errors import ServiceError
from .jobs import Job
from .state import Doc
from .training_run import INTERNAL
from .tuning_completion import hopeless, reached
from .tuning_definitions import definitions_of
from .tuning_early import Watch
from .tuning_search import Search, Tried, combinations
from .tuning_trials import ENDED, begin, create, look, trials_of

KIND = "hyper-parameter-tuning-job"
LOOK_EVERY = 0.2
# AWS's own limits of training jobs a tuning job.
MOST_TRIALS = {"Bayesian": 750, "Random": 10_000, "Hyperband": 4_000, "Grid": 10_000}


def run_tuning(ctx: Context, name: str, handle: Job) -> None:
    """Leaves the tuning job Completed, Failed or Stopped, and none of its training jobs running."""
    tuning = ctx.state.get(KIND, name)
    assert tuning
    run = TuningRun(ctx, tuning, handle)
    outcome: tuple[str, str | None] = ("Failed", INTERNAL)
    try:
        outcome = run.until_over()
    finally:
        run.stop_trials()
        _end(ctx, name, *outcome)


def planned(tuning: Doc) -> int:
    """How many trials there will be at most."""
    config = tuning["HyperParameterTuningJobConfig"]
    if config["Strategy"] == "Grid":
        return sum(combinations(each.parameter_ranges) for each in definitions_of(tuning))
    return config["ResourceLimits"].get("MaxNumberOfTrainingJobs", MOST_TRIALS[config["Strategy"]])


class TuningRun:
    def __init__(self, ctx: Context, tuning: Doc, handle: Job) -> None:
        self._ctx = ctx
        self._tuning = tuning
        self._name = tuning["HyperParameterTuningJobName"]
        self._handle = handle
        self._config = tuning["HyperParameterTuningJobConfig"]
        self._definitions = definitions_of(tuning)
        self._searches = [
            Search(self._config["Strategy"], each.parameter_ranges, each.minimize, tuning["Seed"] + number)
            for number, each in enumerate(self._definitions)
        ]
        self._watch = Watch(ctx, tuning)
        self._told_to_stop: set[str] = set()
        self._trials: list[Doc] = []

    def until_over(self) -> tuple[str, str | None]:
        """The tuning job's status and, when it failed, why."""
        for trial in trials_of(self._ctx, self._name):
            if not trial["Created"] and not self._ctx.state.get(training.KIND, trial["TrainingJobName"]):
                create(self._ctx, self._tuning, trial)
        while True:
            self._see()
            over = self._over()
            if over:
                return over
            for trial in self._watch.left_behind(self._trials):
                self._stop(trial)
            self._begin_more()
            self._handle.stopping.wait(LOOK_EVERY)

    def stop_trials(self) -> None:
        """Returns when none is under way."""
        while True:
            self._see()
            under_way = self._under_way()
            for trial in under_way:
                self._stop(trial)
            if not under_way:
                return
            time.sleep(LOOK_EVERY)

    def _see(self) -> None:
        found = trials_of(self._ctx, self._name)
        self._trials = [look(self._ctx, self._tuning, trial) for trial in found]

    def _over(self) -> tuple[str, str | None] | None:
        if self._handle.stopping.is_set():
            return "Stopped", None
        reason = hopeless(self._trials, planned(self._tuning))
        if reason:
            return "Failed", reason
        minimize = self._definitions[0].minimize
        if reached(self._config.get("TuningJobCompletionCriteria", {}), self._trials, minimize):
            return "Completed", None
        limit = self._config["ResourceLimits"].get("MaxRuntimeInSeconds")
        if limit is not None and time.time() - self._tuning["CreationTime"] >= limit:
            return "Stopped", None
        all_begun = len(self._trials) >= planned(self._tuning)
        return ("Completed", None) if all_begun and not self._under_way() else None

    def _begin_more(self) -> None:
        limit = self._config["ResourceLimits"]["MaxParallelTrainingJobs"]
        while (
            len(self._trials) < planned(self._tuning)
            and len(self._under_way()) < limit
            and not self._handle.stopping.is_set()
        ):
            number = len(self._trials)
            definition = self._definition_of(number)
            values = self._searches[definition].next(self._tried(definition))
            self._trials.append(begin(self._ctx, self._tuning, number, definition, values))

    def _definition_of(self, number: int) -> int:
        """Definitions take turns; a grid goes through one after the other."""
        if self._config["Strategy"] != "Grid":
            return number % len(self._definitions)
        for at, definition in enumerate(self._definitions):
            size = combinations(definition.parameter_ranges)
            if number < size:
                return at
            number -= size
        raise AssertionError("a trial beyond the grid")

    def _tried(self, definition: int) -> list[Tried]:
        return [
            Tried(
                trial["TunedHyperParameters"],
                trial["Objective"],
                trial["TrainingJobStatus"] in ENDED and trial["Objective"] is None,
            )
            for trial in self._trials
            if trial["Definition"] == definition
        ]

    def _under_way(self) -> list[Doc]:
        return [trial for trial in self._trials if trial["TrainingJobStatus"] not in ENDED]

    def _stop(self, trial: Doc) -> None:
        name = trial["TrainingJobName"]
        if name in self._told_to_stop:
            return
        self._told_to_stop.add(name)
        try:
            training.stop_training_job(self._ctx, {"TrainingJobName": name})
        except ServiceError:
            # It ended meanwhile.
            return


def _end(ctx: Context, name: str, status: str, reason: str | None) -> None:
    also = {"FailureReason": reason} if reason else {}
    ended = {"HyperParameterTuningJobStatus": status, "HyperParameterTuningEndTime": time.time(), **also}
    ctx.state.update(KIND, name, lambda tuning: tuning.update(ended))
