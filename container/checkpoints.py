"""What an interrupted training job goes on from: SageMaker keeps the folder in S3 and gives it back."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from artifact import write_atomically
from data import Part

KEPT = 2
AT_MOST = 20


class Checkpoints:
    """Files `round-000120.json` of the model after 120 rounds, for one set of settings and rows."""

    def __init__(self, folder: Path, settings: Mapping[str, Any], train: Part, validation: Part) -> None:
        self._folder = folder
        self._job = _fingerprint(settings, train, validation)
        folder.mkdir(parents=True, exist_ok=True)

    def due(self, done: int, most: int) -> bool:
        """At most twenty times in `most` rounds, and never at the end."""
        return done < most and done % max(10, -(-most // AT_MOST)) == 0

    def save(self, model: bytes | bytearray, scores: Sequence[float]) -> bytes:
        """Keeps the model after `len(scores)` rounds; gives its bytes."""
        content = bytes(model)
        whole = {"job": self._job, "scores": list(scores), "model": content.hex()}
        whole["sha256"] = _sha256(whole)
        write_atomically(self._folder / f"round-{len(scores):06}.json", json.dumps(whole).encode())
        for old in self._files()[KEPT:]:
            old.unlink()
        return content

    def restore(self, scores: list[float], most: int) -> bytes | None:
        """The latest whole checkpoint of this very job, its rounds put into `scores`; None to begin anew."""
        for file in self._files():
            try:
                whole = json.loads(file.read_text("utf-8"))
                sha256 = whole.pop("sha256")
                if sha256 != _sha256(whole):
                    raise ValueError("it is damaged")
                if whole["job"] != self._job:
                    raise ValueError("it is of other data or settings")
            except (OSError, ValueError, KeyError, AttributeError) as error:
                print(f"checkpoint {file.name} is left aside: {error}", flush=True)
                continue
            scores[:] = whole["scores"]
            print(f"going on after round {len(scores)} of {most}, from {file.name}", flush=True)
            return bytes.fromhex(whole["model"])
        return None

    def _files(self) -> list[Path]:
        """The latest first."""
        return sorted(self._folder.glob("round-*.json"), reverse=True)


def _fingerprint(settings: Mapping[str, Any], *parts: Part) -> str:
    from lean_xgboost import lean_xgboost

    known = {"settings": settings, "xgboost": lean_xgboost().__version__}
    digest = hashlib.sha256(json.dumps(known, sort_keys=True).encode())
    for part in parts:
        for values in (part.matrix, part.label, part.weight):
            digest.update(b"none" if values is None else values.tobytes())
    return digest.hexdigest()


def _sha256(whole: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(whole, sort_keys=True).encode()).hexdigest()
