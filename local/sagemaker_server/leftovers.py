"""What a server that was killed has left in its folder, and nobody needs any more."""

from __future__ import annotations

import shutil

from .context import Context

# Where jobs have their folders: the kind of their documents, and where these tell the state.
JOBS = {
    "training": ("training-job", "TrainingJobStatus"),
    "transform": ("transform-job", "TransformJobStatus"),
    "processing": ("processing-job", "ProcessingJobStatus"),
    "glue": ("glue-job-run", "JobRunState"),
}
UNDER_WAY = ("InProgress", "Stopping", "STARTING", "RUNNING", "STOPPING")


def remove(ctx: Context) -> None:
    """Folders of model servers, and those of jobs that are over. To be called before anything starts."""
    shutil.rmtree(ctx.settings.state / "servers", ignore_errors=True)
    for place, (kind, member) in JOBS.items():
        root = ctx.settings.state / place
        for folder in root.iterdir() if root.is_dir() else ():
            job = ctx.state.get(kind, folder.name)
            if not job or job[member] not in UNDER_WAY:
                shutil.rmtree(folder, ignore_errors=True)
