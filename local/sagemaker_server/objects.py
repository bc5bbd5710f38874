"""S3 as jobs use it: prefixes come down as folders, artifacts go up."""

from __future__ import annotations

import gzip
import json
import re
import shutil
import tarfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, Callable, Iterator

from botocore.exceptions import ClientError

from .errors import JobFailure
from .patience import PATIENCE, patiently

_URI = re.compile(r"^(?:s3://|https://s3[.-][^/]*amazonaws\.com/)([^/]+)/?(.*)$", re.DOTALL)
# The type that S3 gives to what was put without one.
UNTYPED = "binary/octet-stream"


@dataclass(frozen=True)
class Item:
    """An object and where it belongs below the prefix that named it."""

    bucket: str
    key: str
    relative: str


def split_uri(uri: str) -> tuple[str, str]:
    found = _URI.match(uri)
    if not found:
        raise JobFailure(f'ClientError: "{uri}" is no S3 URI; write s3://bucket/key.')
    return found.group(1), found.group(2)


def join_uri(uri: str, *parts: str) -> str:
    return "/".join([uri.rstrip("/"), *parts])


class Objects:
    """S3 by way of one client, which is safe to share among threads. Jobs wait for an S3 that is away for
    `patience` seconds; operations, for whose answers somebody waits, ask `at_once`."""

    def __init__(self, client: Any, patience: float = PATIENCE) -> None:
        self._s3 = client
        self._patience = patience

    @property
    def at_once(self) -> Objects:
        return Objects(self._s3, 0)

    def exists(self, uri: str) -> bool:
        bucket, key = split_uri(uri)
        try:
            self._call(self._s3.head_object, Bucket=bucket, Key=key)
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] in (400, 403, 404):
                return False
            raise
        return True

    def below(self, uri: str) -> Iterator[Item]:
        """Every object whose key begins with the URI's; folders' empty markers are left out."""
        bucket, prefix = split_uri(uri)
        after: dict[str, str] = {}
        while True:
            try:
                page = self._call(self._s3.list_objects_v2, Bucket=bucket, Prefix=prefix, **after)
            except ClientError as error:
                if error.response["Error"]["Code"] in ("NoSuchBucket", "AccessDenied", "404"):
                    return
                raise
            for found in page.get("Contents", []):
                if not found["Key"].endswith("/"):
                    yield Item(bucket, found["Key"], _relative(prefix, found["Key"]))
            if not page.get("IsTruncated"):
                return
            after = {"ContinuationToken": page["NextContinuationToken"]}

    def listed(self, uri: str) -> Iterator[Item]:
        """The objects that a manifest names: [{"prefix": "s3://…/"}, "relative/key", …]."""
        try:
            manifest = json.loads(self.read(uri))
            bucket, start = split_uri(manifest[0]["prefix"])
            names = manifest[1:]
            if not all(isinstance(name, str) and name for name in names):
                raise ValueError("what follows the prefix must be names of objects")
        except ClientError:
            return
        except (ValueError, LookupError, TypeError, RecursionError) as error:
            raise JobFailure(
                f'ClientError: {uri} is no manifest; write [{{"prefix": "s3://bucket/x/"}}, "file", …].'
                f" ({error})"
            ) from error
        for name in names:
            yield Item(bucket, start + name, name)

    def read(self, uri: str) -> bytes:
        bucket, key = split_uri(uri)
        return self._call(lambda: self._s3.get_object(Bucket=bucket, Key=key)["Body"].read())

    def describe(self, uri: str) -> tuple[int, str]:
        """Its size in bytes and its content type."""
        bucket, key = split_uri(uri)
        found = self._call(self._s3.head_object, Bucket=bucket, Key=key)
        return found["ContentLength"], found.get("ContentType", UNTYPED)

    def download(self, item: Item, file: Path) -> None:
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            self._call(self._s3.download_file, item.bucket, item.key, str(file))
        except (FileExistsError, NotADirectoryError, IsADirectoryError) as error:
            raise JobFailure(
                f"ClientError: Data download failed: s3://{item.bucket}/{item.key}: the same name is a file"
                " and a folder"
            ) from error
        except ClientError as error:
            code = error.response["Error"]["Code"]
            raise JobFailure(
                f"ClientError: Data download failed: s3://{item.bucket}/{item.key}: {code}"
            ) from error

    def upload(self, file: Path, uri: str, key_id: str | None = None) -> None:
        """`key_id` is the KMS key that S3 encrypts it by."""
        bucket, key = split_uri(uri)
        self._call(self._s3.upload_file, str(file), bucket, key, ExtraArgs=_encrypted(key_id))

    def write(self, uri: str, data: bytes, content_type: str, key_id: str | None = None) -> None:
        bucket, key = split_uri(uri)
        extra = _encrypted(key_id)
        self._call(
            self._s3.put_object, Bucket=bucket, Key=key, Body=data, ContentType=content_type, **extra
        )

    def delete(self, uri: str) -> None:
        bucket, key = split_uri(uri)
        self._call(self._s3.delete_object, Bucket=bucket, Key=key)

    def _call(self, call: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        return patiently(lambda: call(*args, **kwargs), self._patience)


def _encrypted(key_id: str | None) -> dict[str, str]:
    return {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": key_id} if key_id else {}


def _relative(prefix: str, key: str) -> str:
    if key == prefix:
        return PurePosixPath(key).name
    folder = prefix if prefix.endswith("/") or key.startswith(f"{prefix}/") else prefix.rpartition("/")[0]
    return key[len(folder) :].lstrip("/")


def inside(folder: Path, relative: str) -> Path:
    """A path below the folder; a key such as ../x must not lead out of it."""
    file = (folder / relative).resolve()
    if not file.is_relative_to(folder.resolve()):
        raise JobFailure(f'ClientError: the key "{relative}" leads out of its folder.')
    return file


def unzip(file: Path) -> Path:
    """Decompresses x.gz to x."""
    target = file.with_suffix("") if file.suffix == ".gz" else file.with_name(f"{file.name}.out")
    try:
        with gzip.open(file, "rb") as source, target.open("wb") as sink:
            shutil.copyfileobj(source, sink)
    except (OSError, EOFError) as error:
        raise JobFailure(
            f"ClientError: {file.name} is no gzip file, though CompressionType says so: {error}"
        ) from error
    file.unlink()
    return target


def contents(*folders: Path) -> dict[str, Path]:
    """All that is below the folders, by its path there, in order; of equal paths the first folder's
    counts."""
    found: dict[str, Path] = {}
    for folder in folders:
        for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
            found.setdefault(str(path.relative_to(folder)), path)
    return found


def pack(archive: Path, *folders: Path) -> bool:
    """Makes one tar.gz of the folders' contents; False when there is none."""
    found = contents(*folders)
    if not found:
        return False
    with tarfile.open(archive, "w:gz", compresslevel=6) as tar:
        for name, path in found.items():
            tar.add(path, arcname=name, recursive=False)
    return True


def unpack(archive: Path, folder: Path) -> None:
    """Extracts model.tar.gz; members that lead out of the folder are refused."""
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with tarfile.open(archive, "r:*") as tar:
            for member in tar.getmembers():
                inside(folder, member.name)
            # Old Pythons lack the filter; the loop above is the check that both have.
            options: dict[str, Any] = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}
            tar.extractall(folder, **options)
    except (tarfile.TarError, OSError, EOFError) as error:
        raise JobFailure(
            f"ClientError: Failed to extract model data archive: {archive.name}: {error}"
        ) from error
