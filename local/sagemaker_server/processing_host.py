"""One container of a processing job: its folder, its inputs, its process and its outputs."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import Callable

from . import isolation, opt_ml
from .context import Context
from .errors import JobFailure
from .folder import environment, fresh, write_json
from .objects import Item, inside, join_uri
from .process import Container
from .settings import PACKAGES
from .state import Doc

LOG_GROUP = "/aws/sagemaker/ProcessingJobs"
MAX_MESSAGE = 1024


class Host:
    def __init__(self, ctx: Context, job: Doc, base: Path, number: int, count: int) -> None:
        self._ctx = ctx
        self._job = job
        self._number = number
        self._names = [f"algo-{each + 1}" for each in range(count)]
        self.base = base / self._names[number]
        self._key = job.get("ProcessingOutputConfig", {}).get("KmsKeyId")
        self._uploaded: dict[Path, tuple[int, int]] = {}
        self._next_upload = 0.0
        self._isolated = job.get("NetworkConfig", {}).get("EnableNetworkIsolation", False)
        self._container: Container | None = None
        self.code = -1

    def prepare(self, check: Callable[[], None]) -> None:
        """Inputs, outputs' folders and config. `check` is called between files; raises JobFailure."""
        fresh(self.base, "config", "output", "processing", "work", "packages", "tmp")
        for each in self._job.get("ProcessingInputs", []):
            self._download(each, check)
        for each in self._outputs():
            opt_ml.local(each["LocalPath"], self.base).mkdir(parents=True, exist_ok=True)
        members = (
            "ProcessingJobArn", "ProcessingJobName", "AppSpecification", "Environment", "ProcessingInputs",
            "ProcessingOutputConfig", "ProcessingResources", "RoleArn", "StoppingCondition", "NetworkConfig",
        )  # fmt: skip
        config = {member: self._job[member] for member in members if member in self._job}
        write_json(self.base / "config" / "processingjobconfig.json", config)
        hosts = {"current_host": self._names[self._number], "hosts": self._names}
        write_json(self.base / "config" / "resourceconfig.json", hosts)

    def start(self, command: list[str]) -> None:
        own = self._environment()
        if not isolation.has_opt_ml():
            command = [opt_ml.moved(part, self.base) for part in command]
            own = {name: opt_ml.moved(value, self.base) for name, value in own.items()}
        stream = f"{self._job['ProcessingJobName']}/{self._names[self._number]}-{int(time.time())}"
        env = environment(self._ctx.settings, self.base, own, self._isolated)
        write = self._ctx.logs.write
        self._container = Container(
            command, env, self.base / "work", lambda line: write(LOG_GROUP, stream, line), self._ctx.pids,
            opt_ml=self.base, isolated=self._isolated,
        )  # fmt: skip

    def wait(self, seconds: float) -> int | None:
        assert self._container
        code = self._container.wait(seconds)
        if code is not None:
            self.code = code
        return code

    def stop(self, grace: float) -> None:
        if self._container:
            self._container.stop(grace)

    def message(self) -> str:
        """What the container left for ExitMessage."""
        try:
            with (self.base / "output" / "message").open(errors="replace") as file:
                return file.read(MAX_MESSAGE)
        except OSError:
            return ""

    def upload_continuous(self) -> None:
        """What is new since the last time, no more often than captures are delivered."""
        if time.monotonic() >= self._next_upload:
            self._next_upload = time.monotonic() + self._ctx.settings.capture_period
            self.upload(everything=False)

    def upload(self, everything: bool) -> None:
        """The files of continuous outputs that are new or changed; with `everything`, all outputs."""
        for each in self._outputs():
            if everything or each["S3UploadMode"] == "Continuous":
                self._upload(opt_ml.local(each["LocalPath"], self.base), each["S3Uri"])

    def _outputs(self) -> list[Doc]:
        return [each["S3Output"] for each in self._job.get("ProcessingOutputConfig", {}).get("Outputs", [])]

    def _upload(self, folder: Path, uri: str) -> None:
        for file in sorted(folder.rglob("*")):
            # A link could lead out of the job's folder.
            if not file.is_file() or not file.resolve().is_relative_to(self.base.resolve()):
                continue
            seen = file.stat()
            state = (seen.st_mtime_ns, seen.st_size)
            if self._uploaded.get(file) != state:
                self._ctx.objects.upload(file, join_uri(uri, file.relative_to(folder).as_posix()), self._key)
                self._uploaded[file] = state

    def _download(self, given: Doc, check: Callable[[], None]) -> None:
        source = given["S3Input"]
        read = self._ctx.objects.listed if source["S3DataType"] == "ManifestFile" else self._ctx.objects.below
        items = sorted(read(source["S3Uri"]), key=lambda item: item.key)
        if not items:
            raise JobFailure(
                f'ClientError: Data download failed: no S3 objects found under "{source["S3Uri"]}" for input'
                f" {given['InputName']}."
            )
        folder = opt_ml.local(source["LocalPath"], self.base)
        folder.mkdir(parents=True, exist_ok=True)
        for item in self._share(items, source):
            check()
            self._ctx.objects.download(item, inside(folder, item.relative))

    def _share(self, items: list[Item], source: Doc) -> list[Item]:
        sharded = source.get("S3DataDistributionType") == "ShardedByS3Key"
        return items[self._number :: len(self._names)] if sharded else items

    def _environment(self) -> dict[str, str]:
        """The image's Python comes first; what pip installs stays in the job's own folder."""
        packages = str(self.base / "packages")
        return {
            "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)]),
            "PYTHONPATH": os.pathsep.join([packages, str(PACKAGES)]),
            "PIP_TARGET": packages,
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
            "PROCESSING_JOB_NAME": self._job["ProcessingJobName"],
            "PROCESSING_JOB_ARN": self._job["ProcessingJobArn"],
            **self._job.get("Environment", {}),
        }
