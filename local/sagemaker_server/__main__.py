"""Starts the server: python -m sagemaker_server --port P --state DIR (see --help)."""

from __future__ import annotations

import asyncio
import fcntl
import os
import signal
import socket
import sys
from typing import IO

import boto3
from botocore.config import Config
from hypercorn.asyncio import serve
from hypercorn.config import Config as HttpConfig

from glue_jobs import run as glue_run

from . import leftovers, processing, training, transform, tuning
from .app import App
from .async_inference import AsyncRequests
from .capture import Capture
from .context import Context
from .deployment import come_back_all
from .faults import Faults
from .fleets import Fleets
from .jobs import Jobs
from .logs import Logs
from .metrics import Metrics
from .model import service
from .objects import Objects
from .pidbook import PidBook
from .settings import Settings, read_settings
from .state import State


def build(settings: Settings) -> tuple[Context, Capture]:
    state = State(settings.state / "state.sqlite")
    options = Config(
        region_name=settings.region, connect_timeout=3, read_timeout=30, max_pool_connections=32,
        retries={"max_attempts": 4, "mode": "standard"}, s3={"addressing_style": "path"},
    )  # fmt: skip
    session = boto3.Session(region_name=settings.region)
    cloudwatch = session.client("cloudwatch", config=options)
    objects = Objects(session.client("s3", config=options))
    logs = Logs(session.client("logs", config=options), settings.log_period)
    metrics = Metrics(cloudwatch, settings.metric_period)
    sns = session.client("sns", config=options)
    ctx = Context(
        settings, state, PidBook(state), objects, logs, metrics, cloudwatch, sns, Faults(settings.faults)
    )
    ctx.jobs = Jobs(settings.stop_grace)
    ctx.fleets = Fleets(ctx)
    ctx.asyncs = AsyncRequests(ctx)
    return ctx, Capture(objects, settings.state / "captured", settings.capture_period)


async def run(settings: Settings, app: App) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    http = HttpConfig()
    http.bind = [f"{settings.host}:{settings.port}"]
    http.graceful_timeout = 3
    http.keep_alive_timeout = 75
    http.keep_alive_max_requests = 10**9
    http.errorlog = "-"
    http.loglevel = "WARNING"
    await serve(app, http, shutdown_trigger=stop.wait)


def alone(settings: Settings) -> IO[str]:
    """Takes the state folder and sees that the port is free, or ends the program: two servers would end
    each other's jobs."""
    settings.state.mkdir(parents=True, exist_ok=True)
    lock = (settings.state / "lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        sys.exit(
            f"sagemaker_server: another server works in {settings.state}; stop it, or give another --state"
        )
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            sys.exit(
                f"sagemaker_server: cannot listen at {settings.host}:{settings.port}: {error.strerror};"
                " give another --port"
            )
    return lock


def main() -> None:
    settings = read_settings()
    lock = alone(settings)
    ctx, capture = build(settings)
    ctx.pids.end_leftovers()
    leftovers.remove(ctx)
    training.resume_all(ctx)
    transform.resume_all(ctx)
    processing.resume_all(ctx)
    glue_run.resume_all(ctx)
    tuning.resume_all(ctx)
    come_back_all(ctx)
    ctx.asyncs.resume()
    # Read before the first request, which would wait for it.
    service("sagemaker"), service("sagemaker-runtime"), service("glue")
    print(f"sagemaker_server: listening at http://{settings.host}:{settings.port}", flush=True)
    asyncio.run(run(settings, App(ctx, capture)))
    capture.close()
    ctx.metrics.close()
    ctx.logs.close()
    # Jobs and endpoints are left as they are: their processes end with ours, and go on at the next start.
    lock.close()
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
