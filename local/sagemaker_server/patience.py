"""Waiting for a service that is away for a while: started again, or out of reach."""

from __future__ import annotations

import time
from typing import Callable, TypeVar

from boto3.exceptions import RetriesExceededError, S3UploadFailedError
from botocore.exceptions import ClientError, ConnectionError, HTTPClientError, IncompleteReadError

T = TypeVar("T")
# Seconds for which a job waits for a service before it fails.
PATIENCE = 120.0
LONGEST_PAUSE = 1.0


def passing(error: BaseException | None) -> bool:
    """Whether the same call may be answered later: nobody answered it, or with a fault of the service's own."""
    if isinstance(error, S3UploadFailedError):
        return passing(error.__cause__ or error.__context__)
    if isinstance(error, ClientError):
        return error.response["ResponseMetadata"].get("HTTPStatusCode", 0) >= 500
    return isinstance(error, (ConnectionError, HTTPClientError, IncompleteReadError, RetriesExceededError))


def patiently(call: Callable[[], T], patience: float = PATIENCE) -> T:
    """The call's answer; what passes is waited out for `patience` seconds. Raises what the call raises."""
    until, pause = time.monotonic() + patience, 0.1
    while True:
        try:
            return call()
        except Exception as error:
            if not passing(error) or time.monotonic() >= until:
                raise
        time.sleep(pause)
        pause = min(2 * pause, LONGEST_PAUSE)
