"""Which code fits which algorithm."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from artifact import TrainedModel
from checkpoints import Checkpoints
from data import Part
from failures import TrainingFailure
from hyperparameters import SCRIPT, Settings
from target import Target

OPT_ML = PurePosixPath("/opt/ml")


def fit(
    settings: Settings,
    target: Target,
    features: list[str],
    train: Part,
    validation: Part,
    environment: Mapping[str, str],
) -> TrainedModel:
    """Raises `TrainingFailure`, also for what a library says of these rows."""
    try:
        return _fit(settings, target, features, train, validation, environment)
    except (ValueError, ArithmeticError, MemoryError) as error:
        said = str(error).strip().splitlines()
        raise TrainingFailure(
            f"{settings.algorithm} cannot be fitted: {type(error).__name__}: {said[0] if said else ''}"
        ) from error


def _fit(
    settings: Settings,
    target: Target,
    features: list[str],
    train: Part,
    validation: Part,
    environment: Mapping[str, str],
) -> TrainedModel:
    own, metric, seed = settings.own, settings.metric or "", settings.seed
    if settings.algorithm == "xgboost":
        import boosting

        threads = int(environment.get("SM_NUM_CPUS", "1"))
        checkpoints = _checkpoints(settings, train, validation, environment)
        return boosting.fit(train, validation, target, own, metric, seed, threads, checkpoints)
    if settings.algorithm == "gradient-boosting":
        import histogram

        return histogram.fit(train, validation, target, own, metric, seed)
    if settings.algorithm == SCRIPT:
        import scripted

        assert settings.script
        return scripted.fit(train, validation, target, features, settings.script, own, seed)
    if settings.algorithm == "logistic-regression":
        import logistic

        return logistic.fit(train, own, seed)
    import linear

    return linear.fit(train, own)


def _checkpoints(
    settings: Settings, train: Part, validation: Part, environment: Mapping[str, str]
) -> Checkpoints | None:
    if settings.checkpoint_dir is None:
        return None
    told = {
        "own": settings.own,
        "metric": settings.metric,
        "seed": settings.seed,
        "threads": environment.get("SM_NUM_CPUS"),
    }
    return Checkpoints(_moved(settings.checkpoint_dir, environment), told, train, validation)


def _moved(folder: str, environment: Mapping[str, str]) -> Path:
    """A folder below /opt/ml, wherever that is: SM_MODEL_DIR lies in the same."""
    path = PurePosixPath(folder)
    if not path.is_relative_to(OPT_ML):
        return Path(folder)
    return Path(environment["SM_MODEL_DIR"]).parent / path.relative_to(OPT_ML)
