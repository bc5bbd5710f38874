"""One training job, from the download of its data to the upload of its model, in the job's own thread."""

from __future__ import annotations

import math
import shutil
import threading
import time
from pathlib import Path
from typing import Any

from . import images
from .channels import download_channel, write_config
from .context import Context
from .errors import JobFailure, JobStopped
from .folder import environment, fresh
from .jobs import Job
from .objects import join_uri, pack
from .process import Container
from .progress import Progress
from .state import Doc

KIND = "training-job"
LOG_GROUP = "/aws/sagemaker/TrainingJobs"
FOLDERS = ("input/config", "input/data", "model", "output/data", "checkpoints", "code", "tmp")
MAX_REASON = 1024
INTERNAL = "InternalServerError: We encountered an internal error. Please try again."


def move_to(job: Doc, status: str, message: str) -> None:
    """Ends the last secondary status and begins another."""
    now = time.time()
    transitions = job["SecondaryStatusTransitions"]
    if transitions:
        transitions[-1]["EndTime"] = now
    transitions.append({"Status": status, "StartTime": now, "StatusMessage": message[:MAX_REASON]})
    if status in ("Completed", "Failed", "Stopped", "MaxRuntimeExceeded", "MaxWaitTimeExceeded"):
        transitions[-1]["EndTime"] = now
    job["SecondaryStatus"] = status


def run_training(ctx: Context, job: Doc, handle: Job) -> None:
    """Leaves the job Completed, Failed or Stopped, whatever happens."""
    name = job["TrainingJobName"]
    base = ctx.settings.state / "training" / name
    progress = Progress(job, ctx.metrics)
    outcome = ("Failed", "Failed", INTERNAL)
    try:
        outcome = _outcome(ctx, job, handle, base, progress)
    finally:
        _end(ctx, name, progress, *outcome)
        shutil.rmtree(base, ignore_errors=True)


def _outcome(ctx: Context, job: Doc, handle: Job, base: Path, progress: Progress) -> tuple[str, str, str]:
    """Runs the job; gives its status, secondary status and message."""
    try:
        _run(ctx, job, handle, base, progress)
        return "Completed", "Completed", "Training job completed"
    except JobStopped:
        _upload(ctx, job, base)
        if handle.reason == "MaxRuntimeExceeded":
            return "Stopped", handle.reason, "Training job runtime exceeded MaxRuntimeInSeconds"
        return "Stopped", "Stopped", "Training job stopped"
    except JobFailure as failure:
        _save_output(ctx, job, base)
        return "Failed", "Failed", str(failure)[:MAX_REASON]


def _run(ctx: Context, job: Doc, handle: Job, base: Path, progress: Progress) -> None:
    name = job["TrainingJobName"]
    fresh(base, *FOLDERS)
    _step(ctx, name, handle, "Downloading", "Downloading input data", TrainingStartTime=time.time())
    for channel in job.get("InputDataConfig", []):
        handle.check()
        download_channel(ctx.objects, channel, base / "input" / "data" / channel["ChannelName"], handle.check)
    _restore_checkpoints(ctx, job, base)
    write_config(base, job)
    _step(ctx, name, handle, "Training", "Training image download completed. Training in progress.")
    code = _train(ctx, job, base, handle, progress)
    handle.check()
    if code != 0:
        raise JobFailure(_algorithm_error(base, progress, code))
    _step(ctx, name, handle, "Uploading", "Uploading generated training model")
    _upload(ctx, job, base)


def _step(ctx: Context, name: str, handle: Job, status: str, message: str, **also: Any) -> None:
    handle.check()

    def change(job: Doc) -> None:
        # A stop that was asked for meanwhile keeps its status.
        if job["TrainingJobStatus"] == "InProgress":
            move_to(job, status, message)
        job.update(also)

    ctx.state.update(KIND, name, change)


def _train(ctx: Context, job: Doc, base: Path, handle: Job, progress: Progress) -> int:
    name = job["TrainingJobName"]
    image = job["AlgorithmSpecification"]["TrainingImage"]
    command = images.command(ctx.settings, image, "train")
    if command is None:
        repository, registry = images.repository(image), image.partition(".")[0]
        raise JobFailure(
            f"ClientError: Cannot find repository: {repository} in registry ID: {registry}. This machine has:"
            f" {images.have(ctx.settings)}; add others with --image."
        )
    stream = f"{name}/algo-1-{int(time.time())}"

    def on_line(line: str) -> None:
        ctx.logs.write(LOG_GROUP, stream, line)
        progress.see(line)

    own = {
        "TRAINING_JOB_NAME": name,
        "TRAINING_JOB_ARN": job["TrainingJobArn"],
        "SM_CURRENT_INSTANCE_TYPE": job["ResourceConfig"]["InstanceType"],
        **job.get("Environment", {}),
    }
    container = Container(command, environment(ctx.settings, base, own), base, on_line, ctx.pids)
    handle.runs(container)
    limit = job["StoppingCondition"]["MaxRuntimeInSeconds"]
    timer = threading.Timer(limit, handle.stop, args=("MaxRuntimeExceeded",))
    timer.daemon = True
    timer.start()
    try:
        code = container.wait()
    finally:
        timer.cancel()
    ctx.logs.flush()
    return code if code is not None else -1


def _algorithm_error(base: Path, progress: Progress, code: int) -> str:
    """The container's own words in output/failure, else the last it said."""
    try:
        said = (base / "output" / "failure").read_text(errors="replace").strip()
    except OSError:
        said = ""
    end = f", exit code: {code}"
    words = said or progress.last_words()
    return f"AlgorithmError: {words[: MAX_REASON - len(end) - 16]}{end}"


def _upload(ctx: Context, job: Doc, base: Path) -> None:
    archive = base / "tmp" / "model.tar.gz"
    if pack(base / "model", archive):
        ctx.objects.upload(archive, job["ModelArtifacts"]["S3ModelArtifacts"])
    _save_output(ctx, job, base)


def _save_output(ctx: Context, job: Doc, base: Path) -> None:
    archive = base / "tmp" / "output.tar.gz"
    if pack(base / "output" / "data", archive):
        target = join_uri(
            job["OutputDataConfig"]["S3OutputPath"], job["TrainingJobName"], "output", "output.tar.gz"
        )
        ctx.objects.upload(archive, target)
    checkpoints = job.get("CheckpointConfig", {}).get("S3Uri")
    if checkpoints:
        for file in sorted((base / "checkpoints").rglob("*")):
            if file.is_file():
                ctx.objects.upload(file, join_uri(checkpoints, str(file.relative_to(base / "checkpoints"))))


def _restore_checkpoints(ctx: Context, job: Doc, base: Path) -> None:
    uri = job.get("CheckpointConfig", {}).get("S3Uri")
    for item in ctx.objects.below(f"{uri.rstrip('/')}/") if uri else ():
        ctx.objects.download(item, base / "checkpoints" / item.relative)


def _end(ctx: Context, name: str, progress: Progress, status: str, secondary: str, message: str) -> None:
    now = time.time()

    def change(job: Doc) -> None:
        job["TrainingJobStatus"] = status
        job["TrainingEndTime"] = now
        if status == "Failed":
            job["FailureReason"] = message
        if job.get("TrainingStartTime"):
            seconds = max(1, math.ceil(now - job["TrainingStartTime"]))
            job["TrainingTimeInSeconds"] = seconds
            job["BillableTimeInSeconds"] = seconds
        job["FinalMetricDataList"] = progress.final()
        move_to(job, secondary, message)

    ctx.state.update(KIND, name, change)
