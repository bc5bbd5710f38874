"""Checkpoints of the built-in algorithm: the model after each round, as xgboost-checkpoint.<round>, the last
five.

A job that finds some goes on behind the last one. SageMaker keeps the folder in S3.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import xgboost as xgb

from ...toolkit.errors import ClientError
from ...toolkit.layout import Layout

KEPT = 5
_NAME = re.compile(r"xgboost-checkpoint\.(\d+)")


class Checkpoints(xgb.callback.TrainingCallback):
    """Of a job without CheckpointConfig: keeps and finds nothing."""

    def __init__(self, layout: Layout) -> None:
        config = layout.read_config("checkpointconfig.json")
        self._folder = (
            Path(layout.moved(config.get("LocalPath") or "/opt/ml/checkpoints")) if config else None
        )
        # Rounds that are done already.
        self.done = max(self._rounds(), default=-1) + 1

    def last(self) -> xgb.Booster | None:
        """Raises `ClientError`."""
        if not self._folder or not self.done:
            return None
        file = self._folder / f"xgboost-checkpoint.{self.done - 1}"
        try:
            return xgb.Booster(model_file=bytearray(file.read_bytes()))
        except xgb.core.XGBoostError as error:
            raise ClientError(f"{file.name} is no checkpoint of XGBoost: {str(error)[:300]}") from error

    def after_iteration(self, model: Any, epoch: int, evals_log: Mapping[str, Any]) -> bool:
        if self._folder:
            self._folder.mkdir(parents=True, exist_ok=True)
            target = self._folder / f"xgboost-checkpoint.{self.done + epoch}"
            part = self._folder / f".{target.name}.part"
            part.write_bytes(bytes(model.save_raw(raw_format="ubj")))
            os.replace(part, target)
            for old in sorted(self._rounds())[:-KEPT]:
                (self._folder / f"xgboost-checkpoint.{old}").unlink(missing_ok=True)
        return False

    def _rounds(self) -> list[int]:
        if not self._folder or not self._folder.is_dir():
            return []
        names = (_NAME.fullmatch(file.name) for file in self._folder.iterdir())
        return [int(name[1]) for name in names if name]
