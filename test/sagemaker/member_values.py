"""Valid values for the shapes of a service's model, and requests with one member set."""

import copy

from sagemaker_server.errors import ServiceError
from sagemaker_server.validation import check

TEXTS = (
    "s3://bench/some/a", "a", "alias/a", "1", "12", "arn:aws:iam::000000000000:role/jobs", "/opt/ml/x",
    "arn:aws:sagemaker:us-east-1:000000000000:model/a", "arn:aws:ecr:us-east-1:000000000000:model/a",
    "arn:aws:lambda:us-east-1:000000000000:function:a", "arn:aws:sns:us-east-1:000000000000:a", "000000000000",
    "arn:aws:sagemaker:us-east-1:000000000000:model-package/a/1", "/metrics", "fs-12345678901", "Mon:12",
    "arn:aws:sagemaker:us-east-1:000000000000:training-plan/a", "sha256:" + "a" * 64, "2026-01-01T00:00:00Z",
    "arn:aws:sagemaker:us-east-1:aws:hub-content/a/b/c/1.0.0", "arn:aws:sagemaker:us-east-1:aws:evaluator/a",
    "arn:aws:sagemaker:us-east-1:000000000000:mlflow-app/app-123456789012",
    "arn:aws:sagemaker:us-east-1:000000000000:model-package-group/a", "a" * 24, "8K", "3.9", "3.0",
    "arn:aws:sagemaker:us-east-1:aws:hub-content/a/DataSet/a", "arn:aws:glue:us-east-1:000000000000:job/a",
    "arn:aws:sagemaker:us-east-1:aws:hub-content/a/Model/a",
)  # fmt: skip
# A list of choices so long only has names of the same sort, such as those of instance types.
MANY = 12
# What the shapes' patterns leave open.
BY_NAME = {"LocalPath": "/opt/ml/processing/x", "ModelCardContent": "{}", "InputFilter": "$", "OutputFilter": "$"}


def fits(shape, value):
    try:
        check(shape, value)
        return True
    except ServiceError:
        return False


def value(shape, name=""):
    """The least that fits: required members only."""
    kind = shape.type_name
    if kind == "structure":
        return {member: value(shape.members[member], member) for member in shape.required_members}
    if kind == "list":
        return [value(shape.member, name)] * max(1, shape.metadata.get("min", 1))
    if kind == "map":
        return {value(shape.key): value(shape.value)}
    if kind == "string":
        texts = shape.enum or (BY_NAME.get(name, TEXTS[0]), *TEXTS)
        found = next((text for text in texts if fits(shape, text)), None)
        assert found is not None, f"no text fits {name} {shape.name} {shape.metadata}"
        return found
    least = max(1, shape.metadata.get("min", 1))
    return {"boolean": True, "blob": "YQ==", "timestamp": 1.7e9}.get(kind, least)


def values(shape, name):
    """All of a few choices, or one value."""
    choices = shape.enum if shape.type_name == "string" else []
    return choices if 0 < len(choices) < MANY else [value(shape, name)]


def with_member(shape, request, path, given):
    """The request with `path` set; what is on the way is there already, or gets its required members."""
    request = copy.deepcopy(request)
    place = request
    *way, last = path.split(".")
    for step in way:
        name, _, several = step.partition("[")
        shape = shape.members[name]
        if name not in place:
            place[name] = value(shape, name)
        place = place[name][0] if several else place[name]
        shape = shape.member if several else shape
    name, _, several = last.partition("[")
    place[name] = [given] if several else given
    return request


def at(document, path):
    """What a document has at a path, of lists in their first element; None when there is nothing."""
    for step in path.split("."):
        name, _, several = step.partition("[")
        document = (document or {}).get(name)
        if several and document:
            document = document[0]
    return document
