"""Looks at what trials under way report, and tells which are left behind."""

from __future__ import annotations

from . import progress
from .context import Context
from .state import Doc
from .tuning_definitions import definitions_of
from .tuning_stopping import bracket_of, left_behind, resources, rungs, worse_than_median
from .tuning_trials import ENDED


class Watch:
    """Judges every epoch of every trial once."""

    def __init__(self, ctx: Context, tuning: Doc) -> None:
        self._ctx = ctx
        self._config = tuning["HyperParameterTuningJobConfig"]
        self._definitions = definitions_of(tuning)
        self._series: dict[str, list[float]] = {}
        self._judged: dict[str, int] = {}

    def left_behind(self, trials: list[Doc]) -> list[Doc]:
        """The trials under way that should be stopped."""
        hyperband = self._config["Strategy"] == "Hyperband"
        if not hyperband and self._config.get("TrainingJobEarlyStoppingType", "Off") == "Off":
            return []
        for trial in trials:
            self._read(trial)
        judge = self._by_rungs if hyperband else self._by_median
        return [
            trial
            for trial in trials
            if trial["TrainingJobStatus"] == "InProgress"
            and any(judge(trial, epoch, trials) for epoch in self._new_epochs(trial))
        ]

    def _read(self, trial: Doc) -> None:
        name = trial["TrainingJobName"]
        if name in self._series and trial["TrainingJobStatus"] in ENDED and name not in self._judged:
            return
        metric = self._definitions[trial["Definition"]].metric
        self._series[name] = [value for value, _ in progress.series(self._ctx, name, metric)]
        if trial["TrainingJobStatus"] in ENDED:
            self._judged.pop(name, None)

    def _new_epochs(self, trial: Doc) -> range:
        name = trial["TrainingJobName"]
        before, now = self._judged.get(name, 0), len(self._series[name])
        self._judged[name] = now
        return range(before + 1, now + 1)

    def _by_median(self, trial: Doc, epoch: int, trials: list[Doc]) -> bool:
        completed = [
            self._series[each["TrainingJobName"]]
            for each in trials
            if each["TrainingJobStatus"] == "Completed" and each["Definition"] == trial["Definition"]
        ]
        minimize = self._definitions[trial["Definition"]].minimize
        return worse_than_median(self._series[trial["TrainingJobName"]], epoch, completed, minimize)

    def _by_rungs(self, trial: Doc, epoch: int, trials: list[Doc]) -> bool:
        definition = self._definitions[trial["Definition"]]
        least, most = resources(self._config, definition.given.get("StaticHyperParameters", {}))
        assert most
        # One that trains just as long as allowed is left to save its model.
        if epoch > most:
            return True
        bracket = bracket_of(trial["Number"], least, most)
        if epoch not in rungs(least, most, bracket):
            return False
        others = [
            self._series[each["TrainingJobName"]]
            for each in trials
            if each is not trial
            and each["Definition"] == trial["Definition"]
            and bracket_of(each["Number"], least, most) == bracket
        ]
        value = self._series[trial["TrainingJobName"]][epoch - 1]
        return left_behind(value, epoch, others, definition.minimize)
