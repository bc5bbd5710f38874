"""Where things are below /opt/ml, which SAGEMAKER_BASE_DIR moves."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .errors import ClientError

OPT_ML = "/opt/ml"


@dataclass(frozen=True)
class Layout:
    base: Path

    @property
    def code(self) -> Path:
        return self.base / "code"

    @property
    def packages(self) -> Path:
        """What a script's requirements.txt asks for beyond the image."""
        return self.base / "packages"

    @property
    def model(self) -> Path:
        return self.base / "model"

    @property
    def input(self) -> Path:
        return self.base / "input"

    @property
    def config(self) -> Path:
        return self.input / "config"

    @property
    def output(self) -> Path:
        return self.base / "output"

    @property
    def failure(self) -> Path:
        return self.output / "failure"

    def channel(self, name: str) -> Path:
        return self.input / "data" / name

    def moved(self, path: str) -> str:
        """A path below /opt/ml as it is here."""
        if path == OPT_ML or path.startswith(f"{OPT_ML}/"):
            return str(self.base) + path[len(OPT_ML) :]
        return path

    def read_config(self, file: str) -> dict[str, Any]:
        """A file of input/config; {} when there is none."""
        path = self.config / file
        try:
            return json.loads(path.read_text("utf-8"))
        except FileNotFoundError:
            return {}
        except ValueError as error:
            raise ClientError(f"input/config/{file} is not JSON: {error}") from error


def current() -> Layout:
    return Layout(Path(os.environ.get("SAGEMAKER_BASE_DIR", OPT_ML)).resolve())
