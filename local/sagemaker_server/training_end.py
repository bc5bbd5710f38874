"""What a training job leaves: its artifacts in S3, and the last of its description."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Sequence

from boto3.exceptions import Boto3Error
from botocore.exceptions import BotoCoreError, ClientError

from . import progress as measured
from .context import Context
from .errors import JobFailure
from .objects import contents, join_uri, pack
from .progress import Progress
from .state import Doc
from .training_clock import Clock
from .training_status import MAX_REASON, move_to

KIND = "training-job"
FAILED = (Boto3Error, BotoCoreError, ClientError)


def upload_artifacts(ctx: Context, job: Doc, base: Path, hosts: Sequence[Path]) -> None:
    """The model of all hosts as one, and their outputs. Raises JobFailure."""
    output = job["OutputDataConfig"]
    models = [host / "model" for host in hosts]
    target = job["ModelArtifacts"]["S3ModelArtifacts"]
    try:
        if output.get("CompressionType") == "NONE":
            for name, path in contents(*models).items():
                if path.is_file():
                    ctx.objects.upload(path, f"{target}{name}", output.get("KmsKeyId"))
        elif pack(base / "model.tar.gz", *models):
            ctx.objects.upload(base / "model.tar.gz", target, output.get("KmsKeyId"))
        _upload_output(ctx, job, base, hosts)
    except FAILED as error:
        raise JobFailure(f"ClientError: Artifact upload failed: {error}") from error


def save_output(ctx: Context, job: Doc, base: Path, hosts: Sequence[Path]) -> None:
    """Of a job that failed: its own reason counts, whatever becomes of this."""
    try:
        _upload_output(ctx, job, base, hosts)
    except (*FAILED, OSError) as error:
        print(f"sagemaker_server: output of {job['TrainingJobName']} was lost: {error}", file=sys.stderr)


def _upload_output(ctx: Context, job: Doc, base: Path, hosts: Sequence[Path]) -> None:
    output = job["OutputDataConfig"]
    if base.is_dir() and pack(base / "output.tar.gz", *(host / "output" / "data" for host in hosts)):
        target = join_uri(output["S3OutputPath"], job["TrainingJobName"], "output", "output.tar.gz")
        ctx.objects.upload(base / "output.tar.gz", target, output.get("KmsKeyId"))


def end(
    ctx: Context, name: str, clock: Clock, progress: Progress, status: str, secondary: str, message: str
) -> None:
    now = time.time()

    def change(job: Doc) -> None:
        job["TrainingJobStatus"] = status
        job["TrainingEndTime"] = now
        if status == "Failed":
            job["FailureReason"] = message[:MAX_REASON]
        job.update(clock.times(now))
        job["FinalMetricDataList"] = progress.final()
        move_to(job, secondary, message)

    with ctx.state.locked():
        ctx.state.put(measured.KIND, name, {"series": progress.all_series()})
        ctx.state.update(KIND, name, change)
