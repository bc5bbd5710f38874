"""Labels and row weights that no model can be fitted to, refused by channel, name and mend."""

from __future__ import annotations

import numpy as np

from failures import TrainingFailure
from target import BINARY, REGRESSION, Target

# Trees hold single precision: squares of larger ones would leave it.
LARGEST = 1e15


def check_label(channel: str, target: Target, label: np.ndarray) -> None:
    """Raises `TrainingFailure`. In training every class occurs; elsewhere two are enough, and it is said."""
    place = f"channel {channel}, label {target.label}"
    if label.size == 0:
        raise TrainingFailure(f"channel {channel}: has no rows; widen the window or the split")
    missing = int(np.isnan(label).sum())
    if missing:
        raise TrainingFailure(
            f"{place}: {missing} of {label.size} rows have none; every row needs {_kind(target)}"
        )
    if target.problem == REGRESSION:
        _check_values(place, label)
    else:
        _check_classes(place, target, label, channel == "train")


def check_weight(channel: str, target: Target, label: np.ndarray, weight: np.ndarray | None) -> None:
    """Raises `TrainingFailure` unless weights are finite, none negative, and some of every class above 0."""
    if weight is None:
        return
    place = f"channel {channel}, row_weight"
    wrong = ~(np.isfinite(weight) & (weight >= 0))
    if wrong.any():
        raise TrainingFailure(
            f"{place}: found {weight[wrong][0]:g}; write a finite number, 0 or above, for every row"
        )
    if channel != "train":
        return
    if not weight.any():
        raise TrainingFailure(f"{place}: is 0 in all {weight.size} rows; let some count")
    if target.problem != REGRESSION:
        sums = np.bincount(label.astype(np.int64), weights=weight, minlength=len(target.class_names))
        if not sums.all():
            raise TrainingFailure(
                f"{place}: is 0 in all rows of class {target.class_names[int(sums.argmin())]}; let some count"
            )


def _kind(target: Target) -> str:
    if target.problem == REGRESSION:
        return "a number"
    return "0 or 1" if target.problem == BINARY else f"a class's number from 0 to {len(target.classes) - 1}"


def _check_values(place: str, label: np.ndarray) -> None:
    wrong = label[~(np.abs(label) <= LARGEST)]
    if wrong.size:
        raise TrainingFailure(
            f"{place}: found {wrong[0]:g}; numbers from {-LARGEST:g} to {LARGEST:g} can be learnt"
        )
    if label.min() == label.max():
        raise TrainingFailure(
            f"{place}: is {label[0]:g} in all {label.size} rows; there is nothing to learn, "
            "widen the window or split"
        )


def _check_classes(place: str, target: Target, label: np.ndarray, all_needed: bool) -> None:
    names = target.class_names
    wrong = label[~np.isin(label, np.arange(len(names)))]
    if wrong.size:
        raise TrainingFailure(f"{place}: found {wrong[0]:g}; only {_learnable(target)} can be learnt")
    rows = np.bincount(label.astype(np.int64), minlength=len(names))
    if (rows > 0).sum() < 2:
        only = f"{label[0]:g}" if target.problem == BINARY else names[int(label[0])]
        needed = "both are" if target.problem == BINARY else "several classes are"
        raise TrainingFailure(
            f"{place}: is {only} in all {label.size} rows; {needed} needed, widen the window or split"
        )
    absent = [name for name, count in zip(names, rows, strict=True) if count == 0]
    if absent and all_needed:
        counts = ", ".join(f"{name} {count}" for name, count in zip(names, rows, strict=True))
        raise TrainingFailure(
            f"{place}: no row is {' or '.join(absent)} (rows: {counts}); widen the window or the split"
        )
    if absent:
        print(f"{place}: no row is {' or '.join(absent)}; measures leave these classes out", flush=True)


def _learnable(target: Target) -> str:
    return "0 and 1" if target.problem == BINARY else f"whole numbers from 0 to {len(target.classes) - 1}"
