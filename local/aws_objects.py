"""An object of S3 and its description on disk as one: ministack replaces first the one file, then the other. A note says what is
being replaced; after a kill in between, the description is written from it.

To be imported before ministack's S3, which reads all objects when it is imported.
"""

import json
import os
import threading
from pathlib import Path
from typing import Any

_note = Path(os.environ.get("S3_DATA_DIR", "/tmp/ministack-data/s3")).with_name("s3-note.json")
_writing = threading.Lock()


def _inode(file: str) -> int | None:
    try:
        return os.stat(file).st_ino
    except FileNotFoundError:
        return None


def _replace(file: Path, text: str) -> None:
    following = file.with_name(f"{file.name}.next")
    following.write_text(text)
    following.replace(file)


def mend() -> None:
    try:
        noted = json.loads(_note.read_bytes())
    except FileNotFoundError:
        return
    # The object is there: its description has to follow. Else nothing was replaced, and nobody was answered.
    if _inode(noted["file"]) != noted["was"]:
        _replace(Path(f"{noted['file']}.meta.json"), json.dumps(noted["meta"]))
    _note.unlink()


mend()

from ministack.services import s3  # noqa: E402

_persist_object = s3._persist_object


def persist_object(bucket: str, key: str, obj: Any) -> None:
    file = s3._object_disk_path(bucket, key)
    if not file or not isinstance(obj, dict) or obj.get("body") is None:
        return _persist_object(bucket, key, obj)
    with _writing:
        meta = {**s3._object_meta_from_record(obj), **s3._key_history_meta(bucket, key), "key": key}
        _replace(_note, json.dumps({"file": file, "was": _inode(file), "meta": meta}))
        _persist_object(bucket, key, obj)
        _note.unlink()


if s3.S3_PERSIST:
    s3._persist_object = persist_object
