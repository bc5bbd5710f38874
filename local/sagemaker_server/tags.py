"""Tags, by the ARN of what carries them."""

from __future__ import annotations

from typing import Any

from .context import Context
from .errors import validation
from .state import Doc

KIND = "tags"
MOST = 50
RESOURCES = {
    "training-job": "TrainingJobArn",
    "transform-job": "TransformJobArn",
    "processing-job": "ProcessingJobArn",
    "hyper-parameter-tuning-job": "HyperParameterTuningJobArn",
    "model": "ModelArn",
    "endpoint-config": "EndpointConfigArn",
    "endpoint": "EndpointArn",
    "model-package-group": "ModelPackageGroupArn",
    "model-package": "ModelPackageArn",
}


def insert(ctx: Context, kind: str, name: str, doc: Doc, arn: str, tags: list[dict[str, str]]) -> bool:
    """A new document and its tags, as one; False, and nothing done, when the name is taken."""
    with ctx.state.locked():
        if not ctx.state.insert(kind, name, doc):
            return False
        put(ctx, arn, tags)
        return True


def delete(ctx: Context, kind: str, name: str, arn: str) -> None:
    """A document and its tags, as one."""
    with ctx.state.locked():
        ctx.state.delete(kind, name)
        drop(ctx, arn)


def put(ctx: Context, arn: str, tags: list[dict[str, str]]) -> list[dict[str, str]]:
    """Adds to what is there; a key that is there gets the new value."""
    with ctx.state.locked():
        had = ctx.state.get(KIND, arn.lower()) or {"tags": {}}
        merged = {**had["tags"], **{tag["Key"]: tag["Value"] for tag in tags}}
        if len(merged) > MOST:
            raise validation(
                f"Tag limit exceeded: {arn} would have {len(merged)} tags; at most {MOST} are allowed."
            )
        ctx.state.put(KIND, arn.lower(), {"tags": merged})
    return [{"Key": key, "Value": value} for key, value in merged.items()]


def drop(ctx: Context, arn: str) -> None:
    ctx.state.delete(KIND, arn.lower())


def check_unique(tags: list[dict[str, str]]) -> None:
    keys = [tag["Key"] for tag in tags]
    if len(set(keys)) != len(keys):
        raise validation("Duplicate tag keys found. Please note that Tag keys are case insensitive.")


def add_tags(ctx: Context, request: dict[str, Any]) -> dict[str, Any]:
    _known(ctx, request["ResourceArn"])
    check_unique(request["Tags"])
    return {"Tags": put(ctx, request["ResourceArn"], request["Tags"])}


def list_tags(ctx: Context, request: dict[str, Any]) -> dict[str, Any]:
    _known(ctx, request["ResourceArn"])
    tags = sorted((ctx.state.get(KIND, request["ResourceArn"].lower()) or {"tags": {}})["tags"].items())
    start = _start(request.get("NextToken"))
    end = start + request.get("MaxResults", MOST)
    shown = [{"Key": key, "Value": value} for key, value in tags[start:end]]
    return {"Tags": shown, "NextToken": str(end) if end < len(tags) else None}


def delete_tags(ctx: Context, request: dict[str, Any]) -> dict[str, Any]:
    _known(ctx, request["ResourceArn"])

    def change(doc: Doc) -> None:
        for key in request["TagKeys"]:
            doc["tags"].pop(key, None)

    ctx.state.update(KIND, request["ResourceArn"].lower(), change)
    return {}


def _start(token: str | None) -> int:
    if token is None:
        return 0
    if not token.isdigit():
        raise validation("Invalid NextToken: use the one that the previous answer gave.")
    return int(token)


def _known(ctx: Context, arn: str) -> None:
    kind = arn.split(":", 5)[-1].partition("/")[0]
    member = RESOURCES.get(kind)
    if not member or not any(doc[member].lower() == arn.lower() for doc in ctx.state.all(kind)):
        raise validation(f"Could not find resource {arn}.")
