"""The hosts algo-1, algo-2, … of one training job: a folder and a container each, started and ended
together."""

from __future__ import annotations

from pathlib import Path
from typing import Callable

from . import images
from .channels import write_config
from .context import Context
from .errors import JobFailure
from .folder import environment, fresh
from .jobs import Job
from .process import Container
from .progress import Progress
from .state import Doc

LOG_GROUP = "/aws/sagemaker/TrainingJobs"
FOLDERS = ("input/config", "input/data", "model", "output/data", "code", "tmp")
LOOK_EVERY = 0.1
# Every host's own address on this machine, so that all can listen at the same port.
ADDRESS = "127.77.0.{}"


class Hosts:
    def __init__(self, ctx: Context, job: Doc, base: Path, progress: Progress) -> None:
        self._ctx = ctx
        self._job = job
        self._base = base
        self._progress = progress
        self.names = [f"algo-{number}" for number in range(1, job["ResourceConfig"]["InstanceCount"] + 1)]
        self.bases = [base / name for name in self.names]
        # CloudWatch Logs gets one stream a host, also when the job, or the server, starts again.
        self._stamp = int(job["CreationTime"])

    def prepare(self) -> None:
        """Empty folders and the configuration of every host."""
        for name, base in zip(self.names, self.bases):
            fresh(base, *FOLDERS)
            write_config(base, self._job, name, self.names)
        if len(self.names) > 1:
            known = Path("/etc/hosts").read_text(errors="replace") if Path("/etc/hosts").exists() else ""
            own = (f"{ADDRESS.format(number)} {name}\n" for number, name in enumerate(self.names, 1))
            (self._base / "hosts").write_text(f"{known.rstrip()}\n{''.join(own)}")

    def start(self) -> list[Container]:
        command = images.command(self._ctx.settings, self._image, "train")
        if command is None:
            repository, registry = images.repository(self._image), self._image.partition(".")[0]
            raise JobFailure(
                f"ClientError: Cannot find repository: {repository} in registry ID: {registry}. This machine"
                f" has: {images.have(self._ctx.settings)}; add others with --image."
            )
        isolated = bool(self._job.get("EnableNetworkIsolation"))
        hosts = self._base / "hosts" if len(self.names) > 1 else None
        own = {
            "TRAINING_JOB_NAME": self._job["TrainingJobName"],
            "TRAINING_JOB_ARN": self._job["TrainingJobArn"],
            "SM_CURRENT_INSTANCE_TYPE": self._job["ResourceConfig"]["InstanceType"],
            **self._job.get("Environment", {}),
        }
        containers: list[Container] = []
        try:
            for name, base in zip(self.names, self.bases):
                env = environment(self._ctx.settings, base, own, isolated)
                containers.append(
                    Container(
                        command, env, base, self._listener(name), self._ctx.pids,
                        opt_ml=base, hosts=hosts, isolated=isolated,
                    )  # fmt: skip
                )
        except OSError:
            for container in containers:
                container.kill()
            raise
        return containers

    @property
    def _image(self) -> str:
        return self._job["AlgorithmSpecification"]["TrainingImage"]

    def _listener(self, host: str) -> Callable[[str], None]:
        def on_line(line: str) -> None:
            self.tell(line, host)
            self._progress.see(line)

        return on_line

    def tell(self, line: str, host: str = "algo-1") -> None:
        """A line of the host's log."""
        self._ctx.logs.write(LOG_GROUP, f"{self._job['TrainingJobName']}/{host}-{self._stamp}", line)


def wait(containers: list[Container], handle: Job, over: Callable[[], bool]) -> tuple[int, int] | None:
    """Returns once all have ended: the index and the exit code of the first that failed, or None. When one
    fails, or `over` says so, all are told to stop."""
    first: tuple[int, int] | None = None
    told = False
    while True:
        codes = [each.wait(0) for each in containers]
        first = first or next(((index, code) for index, code in enumerate(codes) if code), None)
        if None not in codes:
            return first
        if not told and (first or over()):
            told = True
            handle.end_containers()
        containers[codes.index(None)].wait(LOOK_EVERY)
