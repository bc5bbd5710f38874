"""Tags of jobs; those of the catalog are the emulator's."""

from __future__ import annotations

from typing import Any

from sagemaker_server.context import Context
from sagemaker_server.settings import Settings
from sagemaker_server.state import Doc

from .errors import invalid, not_found

KIND = "glue-job"
MOST = 50


def arn(settings: Settings, name: str) -> str:
    return f"arn:aws:glue:{settings.region}:{settings.account}:job/{name}"


def of_a_job(request: dict[str, Any]) -> bool:
    text = request.get("ResourceArn")
    return isinstance(text, str) and text.split(":", 5)[-1].startswith("job/")


def tag_resource(ctx: Context, request: dict[str, Any]) -> dict[str, Any]:
    def change(job: Doc) -> None:
        merged = {**job["Tags"], **request["TagsToAdd"]}
        check(merged)
        job["Tags"] = merged

    ctx.state.update(KIND, _job(ctx, request)["Name"], change)
    return {}


def untag_resource(ctx: Context, request: dict[str, Any]) -> dict[str, Any]:
    def change(job: Doc) -> None:
        job["Tags"] = {key: it for key, it in job["Tags"].items() if key not in request["TagsToRemove"]}

    ctx.state.update(KIND, _job(ctx, request)["Name"], change)
    return {}


def get_tags(ctx: Context, request: dict[str, Any]) -> dict[str, Any]:
    return {"Tags": _job(ctx, request)["Tags"]}


def check(tags: dict[str, str]) -> None:
    if len(tags) > MOST:
        raise invalid(f"A resource has at most {MOST} tags; this would have {len(tags)}.")
    for key in tags:
        if key.lower().startswith("aws:"):
            raise invalid(f'Tag keys must not begin with "aws:", which is reserved: {key}')


def _job(ctx: Context, request: dict[str, Any]) -> Doc:
    text = request["ResourceArn"]
    job = ctx.state.get(KIND, text.split(":job/", 1)[-1])
    if not job or arn(ctx.settings, job["Name"]) != text:
        raise not_found(f"Resource not found: {text}")
    return job
