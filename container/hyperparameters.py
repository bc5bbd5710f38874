"""The hyperparameters of train.py: what each may be, and reading them from the command line."""

from __future__ import annotations

import difflib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from failures import TrainingFailure
from ranges import RANGES, SEED, Range
from scores import METRICS
from thresholds import DEFAULT, read_rule
from weights import read_class_weights

SCRIPT = "script"
ALGORITHMS = [*RANGES, SCRIPT]


@dataclass(frozen=True)
class Settings:
    """`label` is None when the transform alone says it; `metric` is what early stopping looks at, None for
    the problem's own. `own` are the algorithm's."""

    algorithm: str
    label: str | None = None
    seed: int = 7
    metric: str | None = None
    threshold: float | Mapping[str, Any] = DEFAULT
    class_weights: str | Mapping[str, float] | None = None
    script: str | None = None
    checkpoint_dir: str | None = None
    own: dict[str, Any] = field(default_factory=dict)


def read_settings(arguments: Sequence[str]) -> Settings:
    """From `--name value` pairs, as SageMaker gives them. Raises `TrainingFailure` naming the wrong one."""
    given = _pairs(arguments)
    algorithm = _choice("algorithm", given.pop("algorithm", None), ALGORITHMS)
    metric = given.pop("objective_metric", None)
    common: dict[str, Any] = {
        "label": given.pop("label", None),
        "seed": _number("seed", given.pop("seed", "7"), SEED),
        "metric": None if metric is None else _choice("objective_metric", metric, METRICS),
        "threshold": read_rule(given.pop("threshold", None)),
        "class_weights": read_class_weights(given.pop("class_weights", None)),
        "checkpoint_dir": given.pop("checkpoint_dir", None),
    }
    if algorithm == SCRIPT:
        script = given.pop("script", None)
        if script is None:
            raise TrainingFailure("hyperparameter script: is missing; name a Python file beside the plan")
        return Settings(algorithm, script=script, own={k: _value(v) for k, v in given.items()}, **common)
    known = RANGES[algorithm]
    for name in given:
        if name not in known:
            raise _unknown(name, algorithm, list(known))
    own = {name: _number(name, text, known[name]) for name, text in given.items()}
    return Settings(algorithm, own=own, **common)


def _pairs(arguments: Sequence[str]) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for at in range(0, len(arguments), 2):
        name = arguments[at].lstrip("-")
        if not arguments[at].startswith("-") or at + 1 == len(arguments):
            raise TrainingFailure(f"hyperparameters: expected --name value, found {' '.join(arguments[at:])}")
        pairs[name] = arguments[at + 1]
    return pairs


def _choice(name: str, value: str | None, allowed: list[str]) -> str:
    if value in allowed:
        return value
    found = "is missing" if value is None else f"found {value!r}"
    raise TrainingFailure(f"hyperparameter {name}: {found}; it may be {', '.join(allowed)}")


def _number(name: str, text: str, allowed: Range) -> Any:
    value = allowed.read(text)
    if value is None:
        raise TrainingFailure(f"hyperparameter {name}: found {text!r}; it may be {allowed}")
    return value


def _value(text: str) -> bool | int | float | str:
    """A script's own: what a plan wrote as a truth value, a number or text. Nothing else goes through."""
    if text in ("True", "False"):
        return text == "True"
    try:
        value = json.loads(text)
    except ValueError:
        return text
    usable = isinstance(value, bool) or (isinstance(value, (int, float)) and math.isfinite(value))
    return value if usable else text


def _unknown(name: str, algorithm: str, known: list[str]) -> TrainingFailure:
    near = difflib.get_close_matches(name, known, 1)
    mend = f"did you mean {near[0]}?" if near else f"it takes {', '.join(known)}"
    return TrainingFailure(f"hyperparameter {name}: {algorithm} takes no such hyperparameter; {mend}")
