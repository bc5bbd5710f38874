"""Bookmarks of jobs: none is ever set, since jobs that ask for them are refused."""

from __future__ import annotations

from typing import Any

from sagemaker_server.context import Context

from .errors import not_found


def get_job_bookmark(ctx: Context, request: dict[str, Any]) -> dict[str, Any]:
    """As Glue for a job that has run without bookmarks."""
    raise not_found(f"Continuation for job {request['JobName']} not found")


def reset_job_bookmark(ctx: Context, request: dict[str, Any]) -> dict[str, Any]:
    raise not_found(f"Continuation for job {request['JobName']} not found")
