"""Holds what went over the wire against SageMaker's own model: members, types, required ones, enumerations,
patterns, and the names of errors.

Usage: check_wire.py <file>, an object {operation, status, body} a line; prints {checked, operations, problems}.
"""

import json
import sys
from pathlib import Path

from botocore.loaders import Loader
from botocore.model import ServiceModel
from botocore.parsers import create_parser
from botocore.validate import ParamValidator

sys.path.append(str(Path(__file__).resolve().parent.parent / "sagemaker"))
from check_answers import constraints  # noqa: E402

# What the protocol itself may say to any request.
COMMON = {
    "ValidationException", "SerializationException", "UnknownOperationException", "UnsupportedOperationException",
    "ThrottlingException", "ServiceUnavailable", "InternalFailure",
}  # fmt: skip


def strangers(shape, value, path):
    """Members that the service's model does not have."""
    if shape.type_name == "structure" and isinstance(value, dict):
        for name, item in value.items():
            if name in shape.members:
                yield from strangers(shape.members[name], item, f"{path}.{name}")
            else:
                yield f"{path}.{name}: no member of {shape.name}"
    elif shape.type_name == "list":
        for item in value:
            yield from strangers(shape.member, item, path)
    elif shape.type_name == "map":
        for key, item in value.items():
            yield from strangers(shape.value, item, f"{path}.{key}")


def problems_of(model, answer):
    operation = model.operation_model(answer["operation"].partition(".")[2])
    body = json.loads(answer["body"] or "{}")
    if answer["status"] >= 300:
        names = {shape.name for shape in operation.error_shapes} | COMMON
        return [] if body["__type"] in names else [f"{operation.name}: {body['__type']} is no error of it"]
    shape = operation.output_shape
    if shape is None:
        return [] if not body else [f"{operation.name}: an answer where there is none"]
    found = [f"{operation.name}{problem}" for problem in strangers(shape, body, "")]
    wire = {"body": answer["body"].encode(), "headers": {}, "status_code": answer["status"]}
    output = create_parser("json").parse(wire, shape)
    output.pop("ResponseMetadata", None)
    report = ParamValidator().validate(output, shape)
    if report.has_errors():
        return [*found, f"{operation.name}: {report.generate_report()}"]
    return [*found, *(f"{operation.name}{problem}" for problem in constraints(shape, output, ""))]


def main(file):
    model = ServiceModel(Loader().load_service_model("sagemaker", "service-2"))
    answers = [json.loads(line) for line in Path(file).read_text().splitlines()]
    problems = {problem for answer in answers for problem in problems_of(model, answer)}
    operations = sorted({answer["operation"].partition(".")[2] for answer in answers if answer["status"] < 300})
    print(json.dumps({"checked": len(answers), "operations": operations, "problems": sorted(problems)}))


if __name__ == "__main__":
    main(sys.argv[1])
