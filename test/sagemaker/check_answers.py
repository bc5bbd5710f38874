"""Holds recorded answers against a service's own model: types, required members, enumerations, patterns,
ranges.

Usage: check_answers.py <file> <service>, a JSON object {operation, output} a line; prints {checked, problems}.
Nothing of the
server's own code is used here, so that a mistake in its checks cannot hide in this one.
"""

import json
import re
import sys
from datetime import datetime, timezone

from botocore.loaders import Loader
from botocore.model import ServiceModel
from botocore.validate import ParamValidator


PAIRS = r"\uD800\uDC00-\uDBFF\uDFFF"


def instants(value):
    if isinstance(value, dict):
        if set(value) == {"$instant"}:
            return datetime.fromtimestamp(value["$instant"], timezone.utc)
        return {key: instants(item) for key, item in value.items()}
    return [instants(item) for item in value] if isinstance(value, list) else value


def constraints(shape, value, path):
    """Enumerations, patterns, longest and largest, which botocore leaves to the service."""
    if shape.type_name == "structure":
        for name, item in value.items():
            yield from constraints(shape.members[name], item, f"{path}.{name}")
    elif shape.type_name == "list":
        for index, item in enumerate(value):
            yield from constraints(shape.member, item, f"{path}[{index}]")
    elif shape.type_name == "map":
        for key, item in value.items():
            yield from constraints(shape.value, item, f"{path}.{key}")
    elif shape.type_name == "string":
        if shape.enum and value not in shape.enum:
            yield f"{path}: {value} is none of {shape.enum}"
        # Glue's patterns write what is beyond 16 bits as pairs, which Python does not.
        pattern = shape.metadata.get("pattern", "").replace(PAIRS, r"\U00010000-\U0010ffff")
        if pattern and "\\p{" not in pattern and not re.fullmatch(pattern, value):
            yield f"{path}: {value} does not match {pattern}"
        if len(value) > shape.metadata.get("max", sys.maxsize):
            yield f"{path}: longer than {shape.metadata['max']}"
    elif shape.type_name in ("integer", "long", "float", "double") and value > shape.metadata.get(
        "max", float("inf")
    ):
        yield f"{path}: {value} is more than {shape.metadata['max']}"


def main(file, service):
    model = ServiceModel(Loader().load_service_model(service, "service-2"))
    checked, problems = 0, []
    with open(file) as lines:
        for line in lines:
            answer = json.loads(line)
            operation = answer["operation"].removesuffix("Command")
            shape = model.operation_model(operation).output_shape
            if shape is None:
                continue
            output = instants(answer["output"])
            checked += 1
            report = ParamValidator().validate(output, shape)
            if report.has_errors():
                problems.append(f"{operation}: {report.generate_report()}")
            else:
                problems += [f"{operation}{problem}" for problem in constraints(shape, output, "")]
    print(json.dumps({"checked": checked, "problems": sorted(set(problems))}))


if __name__ == "__main__":
    main(*sys.argv[1:])
