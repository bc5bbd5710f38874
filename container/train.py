"""The training script: reads the channels, fits one algorithm, measures it, writes the artifact.

Runs in SageMaker's XGBoost image in script mode: hyperparameters come as `--name value`, folders as SM_*.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import artifact
from algorithms import fit
from channels import unpack_transform
from data import Part, read_part
from failures import TrainingFailure
from hyperparameters import Settings, read_settings
from importance import permutation_importance
from problem import problem_of
from scores import log_line, score
from target import BINARY, MULTICLASS, REGRESSION, Target, UnusableAnswer
from thresholds import choose
from weights import weigh


def main(arguments: Sequence[str], environment: Mapping[str, str]) -> None:
    """Raises `TrainingFailure` for everything that a person can mend.

    Libraries are imported where they are needed, so that a refusal takes no seconds.
    """
    settings = read_settings(arguments)
    with tempfile.TemporaryDirectory() as work:
        transform = Path(work) / artifact.TRANSFORM
        transform.mkdir()
        spec = unpack_transform(environment, transform)
        target = problem_of(settings, spec)
        train = read_part("train", environment, target, spec["features"])
        validation = read_part("validation", environment, target, spec["features"])
        _say(f"{settings.algorithm} on {_told(train, target)}, validated on {_told(validation, target)}")
        fitted = [_weighed(settings, target, part, train) for part in (train, validation)]
        model = fit(settings, target, spec["features"], fitted[0], fitted[1], environment)
        try:
            answers = target.checked(model.answers(validation.matrix), validation.label.size)
        except UnusableAnswer as error:
            raise TrainingFailure(f"{settings.algorithm}: the model's answer {error}") from error
        threshold = (
            choose(settings.threshold, validation.label, answers) if target.problem == BINARY else None
        )
        scores = score(target, validation.label, answers, threshold)
        _say(log_line("final", scores | ({} if threshold is None else {"threshold": threshold})))
        description = _description(settings, target, spec, scores, threshold)
        told = {} if settings.script else _importance(target, model, validation, spec["features"], settings.seed)
        sha256 = artifact.save(Path(environment["SM_MODEL_DIR"]), model, transform, description, told)
        _say(f"sha256 {sha256}")


def _weighed(settings: Settings, target: Target, part: Part, train: Part) -> Part:
    """With class weights multiplied in; they are counted in the training part."""
    return replace(part, weight=weigh(settings.class_weights, target, part.label, train.label, part.weight))


def _description(
    settings: Settings,
    target: Target,
    spec: Mapping[str, Any],
    scores: Mapping[str, float],
    threshold: float | None,
) -> dict[str, Any]:
    return {
        "problem": target.problem,
        **({"classes": list(target.classes)} if target.problem == MULTICLASS else {}),
        **({} if threshold is None else {"threshold": threshold}),
        **({"script": artifact.script_description(settings.script)} if settings.script else {}),
        "label": target.label,
        "features": spec["features"],
        "seed": settings.seed,
        "hyperparameters": settings.own,
        **({"class_weights": settings.class_weights} if settings.class_weights else {}),
        "validation": dict(scores),
    }


def _importance(
    target: Target, model: artifact.Predictor, part: Part, features: list[str], seed: int
) -> dict[str, Any]:
    found = permutation_importance(target, model, part.matrix, part.label, features, seed)
    return {} if found is None else {"importance": found}


def _told(part: Part, target: Target) -> str:
    label = {
        BINARY: lambda: f"{part.label.mean():.4f} positive",
        MULTICLASS: lambda: f"{len(target.classes)} classes",
        REGRESSION: lambda: f"mean {part.label.mean():.6g}",
    }[target.problem]()
    return f"{part.label.size} rows ({label}, {part.matrix.shape[1]} features)"


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    try:
        main(sys.argv[1:], os.environ)
    except TrainingFailure as failure:
        # The last line of stderr is what SageMaker tells as the reason.
        print(f"TrainingFailure: {failure}", file=sys.stderr, flush=True)
        sys.exit(1)
