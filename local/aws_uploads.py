"""Multipart uploads to S3 on disk, a file each for an upload and for each of its parts: ministack keeps them in memory alone."""

import pickle
import shutil
from pathlib import Path
from typing import Any

from ministack.services import s3

# The parts of an upload are files of their own, so that each is written once.
PARTS = "parts"


class Uploads:
    def __init__(self, folder: Path) -> None:
        self._folder = folder / "uploads"
        self._folder.mkdir(parents=True, exist_ok=True)

    def write(self, query: dict[str, list[str]]) -> None:
        """After a request to an object: what it changed of the uploads, if it was one of theirs."""
        if "uploads" not in query and "uploadId" not in query:
            return
        under_way = s3._multipart_uploads._data
        for scoped, upload in under_way.items():
            self._write_one(self._folder / scoped[-1], scoped, upload)
        names = {scoped[-1] for scoped in under_way}
        for folder in self._folder.iterdir():
            if folder.name not in names:
                shutil.rmtree(folder, ignore_errors=True)

    def restore(self) -> None:
        for folder in self._folder.iterdir():
            try:
                scoped, upload = pickle.loads((folder / "upload").read_bytes())
            except FileNotFoundError:
                continue  # cut short while it began: nobody was told of it
            upload[PARTS] = {int(file.stem): pickle.loads(file.read_bytes()) for file in folder.glob("*.part")}
            s3._multipart_uploads._data[scoped] = upload

    def _write_one(self, folder: Path, scoped: Any, upload: dict[str, Any]) -> None:
        if not folder.is_dir():
            folder.mkdir()
            _replace(folder / "upload", (scoped, {**upload, PARTS: {}}))
        for number, part in upload[PARTS].items():
            file = folder / f"{number}.part"
            if not file.exists() or pickle.loads(file.read_bytes()) != part:
                _replace(file, part)


def _replace(file: Path, value: Any) -> None:
    file.with_suffix(".next").write_bytes(pickle.dumps(value))
    file.with_suffix(".next").replace(file)
