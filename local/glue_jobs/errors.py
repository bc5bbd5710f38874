"""Glue's own errors."""

from __future__ import annotations

from sagemaker_server.errors import ServiceError


def invalid(message: str) -> ServiceError:
    return ServiceError("InvalidInputException", message)


def not_found(message: str) -> ServiceError:
    return ServiceError("EntityNotFoundException", message)


def refused(what: str, instead: str = "") -> ServiceError:
    """Something that Glue does and a laptop does not."""
    mend = f" {instead}" if instead else ""
    return invalid(f"{what} is not supported on a laptop.{mend} See docs/laptop-glue.md.")
