"""Names of resources as AWS writes them."""

from __future__ import annotations

from .settings import Settings


def arn(settings: Settings, resource: str, name: str) -> str:
    """`resource` is the ARN's word: training-job, endpoint …; names are written in lower case there."""
    return f"arn:aws:sagemaker:{settings.region}:{settings.account}:{resource}/{name.lower()}"


def name_of(text: str) -> str:
    """The name at the end of an ARN, or the name itself."""
    return text.split(":", 5)[-1].split("/", 1)[-1] if text.startswith("arn:") else text
