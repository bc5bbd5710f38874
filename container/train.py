"""The training script: reads the channels, fits one algorithm, measures it, writes the artifact.

Runs in SageMaker's XGBoost image in script mode: hyperparameters come as `--name value`, folders as SM_*.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import artifact
from data import Part, read_part, unpack_transform
from failures import TrainingFailure
from hyperparameters import Settings, read_settings
from scores import log_line, score


def main(arguments: Sequence[str], environment: Mapping[str, str]) -> None:
    """Raises `TrainingFailure` for everything that a person can mend.

    Libraries are imported where they are needed, so that a refusal takes no seconds.
    """
    settings = read_settings(arguments)
    with tempfile.TemporaryDirectory() as work:
        transform = Path(work) / artifact.TRANSFORM
        transform.mkdir()
        spec = unpack_transform(environment, transform)
        label = _label(settings, spec)
        train = read_part("train", environment, label, spec["features"])
        validation = read_part("validation", environment, label, spec["features"])
        _say(f"{settings.algorithm} on {_described(train)}, validated on {_described(validation)}")
        model = _fit(settings, train, validation, int(environment.get("SM_NUM_CPUS", "1")))
        scores = score(validation.label, model.probabilities(validation.matrix), float(spec["threshold"]))
        _say(log_line("final", {("validation", name): value for name, value in scores.items()}))
        artifact.save(
            Path(environment["SM_MODEL_DIR"]), model, transform, _description(settings, spec, scores)
        )


def _label(settings: Settings, spec: Mapping[str, Any]) -> str:
    if settings.label not in (None, spec["label"]):
        raise TrainingFailure(
            f"hyperparameter label: found {settings.label!r}, but the transform makes {spec['label']!r}; "
            "data and job must come from the same plan"
        )
    return spec["label"]


def _fit(settings: Settings, train: Part, validation: Part, threads: int) -> artifact.TrainedModel:
    if settings.algorithm == "xgboost":
        import boosting

        return boosting.fit(train, validation, settings.own, settings.metric, settings.seed, threads)
    import logistic

    return logistic.fit(train, settings.own, settings.seed)


def _description(settings: Settings, spec: Mapping[str, Any], scores: Mapping[str, float]) -> dict[str, Any]:
    return {
        "label": spec["label"],
        "features": spec["features"],
        "seed": settings.seed,
        "hyperparameters": settings.own,
        "validation": dict(scores),
    }


def _described(part: Part) -> str:
    return f"{part.label.size} rows ({part.label.mean():.4f} positive, {part.matrix.shape[1]} features)"


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    try:
        main(sys.argv[1:], os.environ)
    except TrainingFailure as failure:
        # The last line of stderr is what SageMaker tells as the reason.
        print(f"TrainingFailure: {failure}", file=sys.stderr, flush=True)
        sys.exit(1)
