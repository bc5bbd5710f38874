"""One training job, from the wait for its instances to the upload of its model, in the job's own thread.

A job that an earlier server had under way runs again from its start, with its checkpoints, as after the loss of
a spot instance: of its life so far it keeps what its description tells. What it had before is not billed."""

from __future__ import annotations

import shutil
import sys
import traceback
from collections.abc import Callable

from . import progress as measured
from . import training_status as words
from .channels import download_channel, mode_of
from .checkpoints import Checkpoints
from .context import Context
from .errors import JobFailure, JobStopped
from .failure_reasons import CAPACITY, INTERNAL, algorithm_error
from .jobs import Job
from .process import Container
from .progress import Progress
from .state import Doc
from .training_clock import Clock
from .training_end import end, save_output, upload_artifacts
from .training_faults import Fault, Faults, Watch
from .training_hosts import Hosts, wait
from .training_status import END, move_to
from .training_usage import Usage

KIND = "training-job"
# Between two tries for instances that are not to be had.
TRY_AGAIN = 0.5


def run_training(ctx: Context, job: Doc, handle: Job) -> None:
    """Leaves the job Completed, Failed or Stopped, whatever happens."""
    run = Run(ctx, job, handle)
    outcome = ("Failed", "Failed", INTERNAL)
    try:
        outcome = run.outcome()
    except Exception:  # whatever it was, the job must end, and its owner reads no stack
        traceback.print_exc(file=sys.stderr)
    finally:
        end(ctx, run.name, run.clock, run.progress, *outcome)
        shutil.rmtree(run.base, ignore_errors=True)


class Run:
    def __init__(self, ctx: Context, job: Doc, handle: Job) -> None:
        self.name: str = job["TrainingJobName"]
        self.base = ctx.settings.state / "training" / self.name
        self.progress = handle.progress = Progress(job, ctx.metrics, lambda line: self._hosts.tell(line))
        self.clock = Clock(job["StoppingCondition"], self._limit, job.get("TrainingStartTime"))
        self._ctx, self._job, self._handle = ctx, job, handle
        self._hosts = Hosts(ctx, job, self.base, self.progress)
        self._checkpoints = Checkpoints(ctx.objects, job.get("CheckpointConfig"), self._hosts.bases)
        self._faults = Faults(ctx, self.name, bool(job.get("EnableManagedSpotTraining")))

    def outcome(self) -> tuple[str, str, str]:
        """Runs the job; gives its status, secondary status and message."""
        try:
            self.clock.wait_begins()
            if not self._was_trained():
                self._train_until_done()
                self._keep_trained()
            self._step("Uploading", words.UPLOADING)
            self._upload()
            return "Completed", "Completed", END["Completed"]
        except JobStopped:
            return self._stopped()
        except JobFailure as failure:
            save_output(self._ctx, self._job, self.base, self._hosts.bases)
            return "Failed", "Failed", str(failure)
        finally:
            self.clock.close()

    def _was_trained(self) -> bool:
        """An earlier server saw the end of the training, and was killed while the model went up."""
        had = self._job.get("_trained")
        if had is None or not self.base.is_dir():
            return False
        self.clock.goes_on(had)
        self.progress.restore(self._ctx.state.get(measured.KIND, self.name) or {"series": {}})
        return True

    def _keep_trained(self) -> None:
        with self._ctx.state.locked():
            self._ctx.state.put(measured.KIND, self.name, {"series": self.progress.all_series()})
            self._ctx.state.update(KIND, self.name, lambda job: job.update(_trained=self.clock.had()))

    def _stopped(self) -> tuple[str, str, str]:
        try:
            if self.clock.started:
                self._change("Uploading", words.UPLOADING)
                self._upload()
            return "Stopped", self._handle.reason, END[self._handle.reason]
        except JobFailure as failure:
            return "Failed", "Failed", str(failure)

    def _train_until_done(self) -> None:
        """Starts again after each interruption, and after internal errors as often as RetryStrategy says."""
        retries = self._job.get("RetryStrategy", {}).get("MaximumRetryAttempts", 0)
        while True:
            self._wait_for_capacity()
            self.clock.instances_come()
            fault = self._train()
            if fault is None:
                return self.clock.trained()
            self.clock.instances_go()
            if fault == "internal":
                if retries == 0:
                    raise JobFailure(INTERNAL)
                retries -= 1
            else:
                self._step("Interrupted", words.INTERRUPTED)
            self._step("Starting", words.STARTING)

    def _wait_for_capacity(self) -> None:
        """A spot job waits for its instances; others fail."""
        while rule := self._faults.take("capacity"):
            if self._faults.spot:
                self._step("Starting", words.NO_CAPACITY)
            self._handle.stopping.wait(max(rule.after, TRY_AGAIN) if self._faults.spot else rule.after)
            self._handle.check()
            if not self._faults.spot:
                raise JobFailure(CAPACITY)
        self._step("Starting", words.PREPARING)

    def _train(self) -> Fault | None:
        """What broke it off; None when it is done. Raises JobFailure."""
        self._step("Downloading", words.DOWNLOADING, TrainingStartTime=self.clock.started)
        self._hosts.prepare()
        for channel in self._job.get("InputDataConfig", []):
            mode = mode_of(self._job, channel)
            download_channel(self._ctx.objects, channel, mode, self._hosts.bases, self._handle.check)
        self._checkpoints.restore()
        self._step("Downloading", words.IMAGE)
        containers = self._hosts.start()
        try:
            self._handle.runs(*containers)
            self._change("Training", words.TRAINING)
            watch = self._faults.watch()
            self._checkpoints.keep_up()
            failed = wait(containers, self._handle, self._look(watch, containers))
        finally:
            self._handle.runs()
            for container in containers:
                container.kill()
            self._ctx.logs.flush()
            self._checkpoints.finish()
        self._handle.check()
        if watch.fault:
            return watch.fault
        if failed:
            index, code = failed
            raise JobFailure(algorithm_error(self._hosts.bases[index], code, self.progress))
        return None

    def _look(self, watch: Watch, containers: list[Container]) -> Callable[[], bool]:
        used = Usage(self._ctx, self.name, self._hosts.names)

        def over() -> bool:
            used.look(containers)
            return watch.happened() is not None

        return over

    def _upload(self) -> None:
        upload_artifacts(self._ctx, self._job, self.base, self._hosts.bases)

    def _limit(self, reason: str) -> None:
        """A time limit of the job's own: as if it had been stopped."""
        self._change("Stopping", words.STOPPING, _limit=reason)
        self._handle.stop(reason)

    def _step(self, status: str, message: str, **also: object) -> None:
        self._handle.check()
        self._change(status, message, **also)

    def _change(self, status: str, message: str, **also: object) -> None:
        stopping = status == "Stopping"

        def change(job: Doc) -> None:
            # After a stop there is nothing but the upload of what it left.
            if job["TrainingJobStatus"] == "InProgress" or status == "Uploading":
                move_to(job, status, message)
            if stopping and job["TrainingJobStatus"] == "InProgress":
                job["TrainingJobStatus"] = "Stopping"
            job.update(also)

        self._ctx.state.update(KIND, self.name, change)
