"""The two ways to say no: a training job that cannot go on, and a request that cannot be answered."""

from __future__ import annotations

import json
from http import HTTPStatus

try:  # Only AWS's model server has it; there it decides the status of the answer.
    from sagemaker_inference.errors import BaseInferenceToolkitError as _RequestError
except ImportError:
    _RequestError = Exception


class TrainingFailure(Exception):
    """What a person has to mend before training can work: names the place, what was found and the mend."""


class RequestRefused(_RequestError):
    """A request that gets `status` and `{"error": {"message": …}}` instead of an answer."""

    def __init__(self, status: HTTPStatus, reason: str) -> None:
        Exception.__init__(self, reason)
        self.status_code = int(status)
        self.phrase = status.phrase
        self.reason = reason
        # The model server sends `message` as the answer's body.
        self.message = json.dumps({"error": {"message": reason}})


def bad_request(reason: str) -> RequestRefused:
    return RequestRefused(HTTPStatus.BAD_REQUEST, reason)
