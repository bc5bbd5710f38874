"""The secondary statuses of a training job, in AWS's order and words."""

from __future__ import annotations

import time

from .state import Doc

MAX_REASON = 1024
ENDED = ("Completed", "Failed", "Stopped", "MaxRuntimeExceeded", "MaxWaitTimeExceeded")
STARTING = "Starting the training job"
NO_CAPACITY = "Insufficient capacity error from EC2 while launching instances, retrying!"
PREPARING = "Preparing the instances for training"
DOWNLOADING = "Downloading input data"
IMAGE = "Downloading the training image"
TRAINING = "Training image download completed. Training in progress."
INTERRUPTED = "The job stopped because the managed spot training instances were interrupted."
UPLOADING = "Uploading generated training model"
STOPPING = "Stopping the training job"
END = {
    "Completed": "Training job completed",
    "Stopped": "Training job stopped",
    "MaxRuntimeExceeded": "Training job runtime exceeded MaxRuntimeInSeconds provided",
    "MaxWaitTimeExceeded": "Training job wait time exceeded MaxWaitTimeInSeconds provided",
}


def move_to(job: Doc, status: str, message: str) -> None:
    """Ends the last secondary status and begins another; within the same one only the message changes."""
    transitions = job["SecondaryStatusTransitions"]
    if transitions and job.get("SecondaryStatus") == status:
        transitions[-1]["StatusMessage"] = message[:MAX_REASON]
        return
    now = time.time()
    if transitions:
        transitions[-1]["EndTime"] = now
    transitions.append({"Status": status, "StartTime": now, "StatusMessage": message[:MAX_REASON]})
    if status in ENDED:
        transitions[-1]["EndTime"] = now
    job["SecondaryStatus"] = status
