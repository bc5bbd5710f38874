"""The folder that becomes model.tar.gz: model.json, the model's own file, transform/ and code/."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from target import Target
from user_code import user_files

DESCRIPTION = "model.json"
TRANSFORM = "transform"
CODE = "code"
FORMAT = 2
HERE = Path(__file__).resolve().parent


class Predictor(Protocol):
    def answers(self, matrix: np.ndarray) -> np.ndarray:
        """As `Target.checked` describes them, for float64 rows × features; NaN is a missing value."""


class TrainedModel(Predictor, Protocol):
    algorithm: str
    file: str

    def to_bytes(self) -> bytes:
        """The same for the same model."""


def save(
    model_dir: Path,
    model: TrainedModel,
    transform: Path,
    description: Mapping[str, Any],
    told: Mapping[str, Any] | None = None,
) -> str:
    """Writes everything that serving needs; gives the sha256 that model.json names. `model.json` comes last:
    where it is, the model is whole. `told` stands in it, too: what is known about the model, and is not a part of it."""
    model_dir.mkdir(parents=True, exist_ok=True)
    shutil.copytree(transform, model_dir / TRANSFORM, dirs_exist_ok=True)
    _copy_code(model_dir / CODE)
    content = model.to_bytes()
    write_atomically(model_dir / model.file, content)
    whole = {"format": FORMAT, "algorithm": model.algorithm, "file": model.file, **description}
    whole["sha256"] = identity(content, model_dir / TRANSFORM, whole)
    whole |= told or {}
    write_atomically(model_dir / DESCRIPTION, json.dumps(whole, indent=2, ensure_ascii=False).encode())
    return whole["sha256"]


def identity(model: bytes, transform: Path, description: Mapping[str, Any]) -> str:
    """sha256 of canonical JSON (keys sorted, no blanks, UTF-8) of the sha256 of the model's file and of each
    file of the transform, by name, and the description: equal for a run repeated."""
    files = {
        str(f.relative_to(transform)): _sha256(f.read_bytes()) for f in transform.rglob("*") if f.is_file()
    }
    whole = {"model": _sha256(model), "transform": files, "description": description}
    return _sha256(json.dumps(whole, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode())


def describe(model_dir: Path, features: Sequence[str]) -> dict[str, Any]:
    """model.json. Raises ValueError when it is none of ours, or of other features."""
    path = model_dir / DESCRIPTION
    if not path.is_file():
        raise ValueError(f"{model_dir.name}/{DESCRIPTION} is missing: this is not an artifact of train.py")
    description = json.loads(path.read_text("utf-8"))
    if description.get("format") != FORMAT:
        raise ValueError(
            f"{DESCRIPTION}: format {description.get('format')!r} is not {FORMAT}, which this code reads"
        )
    if description["features"] != list(features):
        raise ValueError(
            f"the model was trained on {description['features']}, its transform makes {list(features)}"
        )
    return description


def load(model_dir: Path, description: Mapping[str, Any]) -> Predictor:
    """The predictor that `save` wrote."""
    content = (model_dir / description["file"]).read_bytes()
    algorithm = description["algorithm"]
    if algorithm == "xgboost":
        from boosting import BoostedTrees

        return BoostedTrees.from_bytes(content)
    if algorithm == "gradient-boosting":
        from histogram import HistogramTrees

        return HistogramTrees.from_bytes(content)
    if algorithm == "logistic-regression":
        from logistic import LogisticModel

        return LogisticModel.from_bytes(content)
    if algorithm == "linear-regression":
        from linear import LinearModel

        return LinearModel.from_bytes(content)
    if algorithm == "script":
        from scripted import UserModel

        return UserModel.from_bytes(content, Target.of(description), description["script"]["file"])
    raise ValueError(f"{DESCRIPTION}: this code knows no algorithm {algorithm!r}")


def script_description(script: str) -> dict[str, Any]:
    """Which of the customer's files has `fit`, and a sha256 over all of them."""
    files = {str(file): _sha256((HERE / file).read_bytes()) for file in user_files(HERE)}
    return {"file": script, "sha256": _sha256(json.dumps(files, sort_keys=True).encode())}


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
    ours = [file.relative_to(HERE) for file in HERE.glob("*.py") if file.name != "setup.py"]
    for file in [*ours, Path("requirements.txt"), *user_files(HERE)]:
        (to / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(HERE / file, to / file)


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
