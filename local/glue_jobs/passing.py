"""Passes a request on, as it is, to the emulator that keeps the catalog."""

from __future__ import annotations

import http.client
import urllib.parse

from sagemaker_server.errors import ServiceError
from sagemaker_server.wire import Answer

LARGEST_ANSWER = 64 * 1024 * 1024
TIMEOUT = 60.0
# These are about one connection, and the body that goes on is whole.
_OF_A_HOP = {"connection", "keep-alive", "transfer-encoding", "te", "upgrade", "content-length", "expect"}


def ask(endpoint: str | None, headers: dict[str, str], body: bytes) -> Answer:
    """The emulator's own answer. Headers stay as they are: the signature covers some of them."""
    if not endpoint:
        raise ServiceError(
            "ServiceUnavailableException",
            "Glue's catalog is not here: start the server with AWS_ENDPOINT_URL, or give --aws.",
            503,
        )
    url = urllib.parse.urlsplit(endpoint)
    make = http.client.HTTPSConnection if url.scheme == "https" else http.client.HTTPConnection
    connection = make(url.hostname or "127.0.0.1", url.port, timeout=TIMEOUT)
    kept = {name: value for name, value in headers.items() if name not in _OF_A_HOP}
    try:
        connection.request("POST", "/", body, kept)
        answer = connection.getresponse()
        data = answer.read(LARGEST_ANSWER + 1)
    except (OSError, http.client.HTTPException) as error:
        raise ServiceError(
            "ServiceUnavailableException", f"Glue's catalog at {endpoint} did not answer: {error!r}", 503
        ) from error
    finally:
        connection.close()
    if len(data) > LARGEST_ANSWER:
        raise ServiceError("InternalServiceException", f"The answer is over {LARGEST_ANSWER} bytes.", 500)
    return Answer(answer.status, _passed(answer.getheaders()), data)


def _passed(headers: list[tuple[str, str]]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers if name.lower() not in _OF_A_HOP}
