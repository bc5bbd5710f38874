"""The errors that SageMaker gives, as exceptions that the protocol turns into answers."""

from __future__ import annotations

from typing import Any


class ServiceError(Exception):
    """`code` is AWS's name of the error, `status` the HTTP status, `extra` further members of the answer."""

    def __init__(self, code: str, message: str, status: int = 400, **extra: Any) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status
        self.extra = extra


def validation(message: str) -> ServiceError:
    return ServiceError("ValidationException", message)


def in_use(message: str) -> ServiceError:
    return ServiceError("ResourceInUse", message)


def not_found(message: str) -> ServiceError:
    return ServiceError("ResourceNotFound", message)


def limit_exceeded(message: str) -> ServiceError:
    return ServiceError("ResourceLimitExceeded", message)


def conflict(message: str) -> ServiceError:
    return ServiceError("ConflictException", message)


def refused(what: str, instead: str = "") -> ServiceError:
    """Something that SageMaker does and this server does not."""
    mend = f" {instead}" if instead else ""
    return validation(
        f"{what} is not supported by the local SageMaker server.{mend} See docs/laptop-sagemaker.md."
    )


class JobFailure(Exception):
    """Why a job failed, in the words of FailureReason: `ClientError: …` or `AlgorithmError: …`."""


class JobStopped(Exception):
    """The job was asked to stop, or ran out of time."""
