"""Which variant a scalable target is, and where targets are kept."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from .context import Context
from .errors import ServiceError, refused, validation
from .state import Doc

TARGET = "scalable-target"
POLICY = "scaling-policy"
DIMENSIONS = ("sagemaker:variant:DesiredInstanceCount", "sagemaker:variant:DesiredProvisionedConcurrency")
_RESOURCE = re.compile(r"endpoint/([A-Za-z0-9-]{1,63})/variant/([A-Za-z0-9-]{1,63})")


@dataclass(frozen=True)
class Where:
    """`resource` is endpoint/<endpoint>/variant/<variant>."""

    resource: str
    dimension: str

    @property
    def key(self) -> str:
        return f"{self.resource} {self.dimension}"

    @property
    def endpoint(self) -> str:
        return self.resource.split("/")[1]

    @property
    def variant(self) -> str:
        return self.resource.split("/")[3]


def where(request: dict[str, Any]) -> Where:
    """The place that a request names. Raises ValidationException."""
    if request["ServiceNamespace"] != "sagemaker":
        raise refused(f"Scaling of {request['ServiceNamespace']}", "Only sagemaker is here.")
    if request["ScalableDimension"] not in DIMENSIONS:
        raise refused(f"ScalableDimension {request['ScalableDimension']}", f"Use {' or '.join(DIMENSIONS)}.")
    if not _RESOURCE.fullmatch(request["ResourceId"]):
        raise validation(
            f"Unsupported resource ID {request['ResourceId']}: write endpoint/<endpoint>/variant/<variant>."
        )
    return Where(request["ResourceId"], request["ScalableDimension"])


def find_target(ctx: Context, place: Where) -> Doc:
    target = ctx.state.get(TARGET, place.key)
    if not target:
        raise absent("scalable target registered", place)
    return target


def registered(ctx: Context, endpoint: str) -> set[str]:
    """The variants of the endpoint that are scalable targets."""
    start = f"endpoint/{endpoint}/variant/"
    ids = [each["ResourceId"] for each in ctx.state.all(TARGET)]
    return {each.removeprefix(start) for each in ids if each.startswith(start)}


def forget(ctx: Context, endpoint: str) -> None:
    """What was registered of an endpoint goes with it."""
    for kind in (TARGET, POLICY):
        for doc in ctx.state.all(kind):
            if doc["ResourceId"].startswith(f"endpoint/{endpoint}/variant/"):
                ctx.state.delete(kind, doc["_key"])


def absent(what: str, place: Where, more: str = "") -> ServiceError:
    return ServiceError(
        "ObjectNotFoundException",
        f"No {what} for service namespace: sagemaker, resource ID: {place.resource}, scalable dimension:"
        f" {place.dimension}{more}",
    )


def paged(
    found: list[Doc], request: dict[str, Any], identity: str, usual: int
) -> tuple[list[Doc], str | None]:
    """A page of at most `usual` documents, oldest first, and the token of the next."""
    most = request.get("MaxResults", usual)
    if not 1 <= most <= usual:
        raise validation(f"MaxResults must be between 1 and {usual}.")
    dimension = request.get("ScalableDimension")
    if request["ServiceNamespace"] != "sagemaker":
        found = []
    found = [each for each in found if not dimension or each["ScalableDimension"] == dimension]
    found.sort(key=lambda each: (each["CreationTime"], each[identity]))
    marks = [each[identity] for each in found]
    token = request.get("NextToken")
    if token is not None and token not in marks:
        raise ServiceError("InvalidNextTokenException", "The next token is not valid: list anew.")
    start = marks.index(token) + 1 if token is not None else 0
    shown = found[start : start + most]
    return shown, marks[start + most - 1] if start + most < len(found) else None
