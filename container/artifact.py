"""The folder that becomes model.tar.gz: model.json, the model's own file, transform/ and code/."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np

DESCRIPTION = "model.json"
TRANSFORM = "transform"
CODE = "code"
FORMAT = 1


class Predictor(Protocol):
    def probabilities(self, matrix: np.ndarray) -> np.ndarray:
        """Of the positive label, for float64 rows × features; NaN is a missing value."""


class TrainedModel(Predictor, Protocol):
    algorithm: str
    file: str

    def to_bytes(self) -> bytes:
        """The same for the same model."""


def save(model_dir: Path, model: TrainedModel, transform: Path, description: dict[str, Any]) -> None:
    """Writes everything that serving needs. `model.json` comes last: where it is, the model is whole."""
    model_dir.mkdir(parents=True, exist_ok=True)
    shutil.copytree(transform, model_dir / TRANSFORM, dirs_exist_ok=True)
    _copy_code(model_dir / CODE)
    write_atomically(model_dir / model.file, model.to_bytes())
    whole = {"format": FORMAT, "algorithm": model.algorithm, "file": model.file, **description}
    write_atomically(model_dir / DESCRIPTION, json.dumps(whole, indent=2).encode())


def load(model_dir: Path, features: Sequence[str]) -> Predictor:
    """The predictor that `save` wrote. Raises ValueError when it was trained on other features."""
    path = model_dir / DESCRIPTION
    if not path.is_file():
        raise ValueError(f"{model_dir.name}/{DESCRIPTION} is missing: this is not an artifact of train.py")
    description = json.loads(path.read_text("utf-8"))
    if description["features"] != list(features):
        raise ValueError(
            f"the model was trained on {description['features']}, its transform makes {list(features)}"
        )
    content = (model_dir / description["file"]).read_bytes()
    if description["algorithm"] == "xgboost":
        from boosting import BoostedTrees

        return BoostedTrees.from_bytes(content)
    from logistic import LogisticModel

    return LogisticModel.from_bytes(content)


def write_atomically(path: Path, content: bytes) -> None:
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _copy_code(to: Path) -> None:
    """The model carries the code that serves it. setup.py is what AWS's image puts beside a script."""
    here = Path(__file__).resolve().parent
    to.mkdir(exist_ok=True)
    for file in sorted([*here.glob("*.py"), here / "requirements.txt"]):
        if file.name != "setup.py":
            shutil.copyfile(file, to / file.name)
