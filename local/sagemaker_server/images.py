"""Which image is which command: by the name of its repository, whatever the registry and the tag."""

from __future__ import annotations

import re

from .settings import Settings
from .state import Doc

_ECR = re.compile(r"\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?/([a-z0-9._/-]+)(?:[:@][\w.:-]+)?")


def repository(image: str) -> str | None:
    """The repository's name; None when it is no path in ECR."""
    found = _ECR.fullmatch(image)
    return found.group(1) if found else None


def command(settings: Settings, image: str, role: str) -> list[str] | None:
    """What to run for `role` train or serve; None for an image that this machine does not have."""
    known = settings.images.get(repository(image) or "")
    return [*known, role] if known else None


def command_of(settings: Settings, app: Doc) -> list[str] | None:
    """What AppSpecification of a processing job runs; None for an image that this machine does not have. An
    entry point takes the place of the image's own command, as in Docker."""
    known = settings.images.get(repository(app["ImageUri"]) or "")
    if not known:
        return None
    return [*app.get("ContainerEntrypoint", known), *app.get("ContainerArguments", [])]


def have(settings: Settings) -> str:
    return ", ".join(sorted(settings.images))
