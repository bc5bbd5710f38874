"""Sends random requests to every operation of a service: each must be answered well, and soon.

Usage: fuzz.py <url> <service> <seed> <requests an operation>; prints {sent, accepted, problems}. Requests are made
from the service's own model, and broken: wrong types, missing and unknown members, extreme values, odd bodies.
"""

import json
import random
import sys
import urllib.error
import urllib.request

from botocore.loaders import Loader
from botocore.model import ServiceModel

ODD = [None, True, -1, 0, 3.5, 1e308, 2**70, "", "a", "é\u0000\U0001f600", "x" * 5000, [], {}, [[]], [None], {"a": {}}]
NAMES = ["a", "b", "no-such", "a" * 63, "arn:aws:sagemaker:us-east-1:000000000000:model/a", "s3://bench/x"]
BODIES = [b"", b"null", b"[]", b'"x"', b"{", b"\xff\xfe", b'{"a":NaN}', b"[" * 100_000, b'{"a":1}' * 2]


def value(draw, shape, depth=0):
    """Something that fits the shape, but for one in ten."""
    if draw.random() < 0.1 or depth > 6:
        return draw.choice(ODD)
    kind = shape.type_name
    if kind == "structure":
        must = set(shape.required_members)
        picked = [name for name in shape.members if draw.random() < (0.97 if name in must else 0.25)]
        made = {name: value(draw, shape.members[name], depth + 1) for name in picked}
        return made | ({"Unknown": draw.choice(ODD)} if draw.random() < 0.1 else {})
    if kind == "list":
        return [value(draw, shape.member, depth + 1) for _ in range(draw.randrange(3))]
    if kind == "map":
        return {draw.choice(NAMES): value(draw, shape.value, depth + 1) for _ in range(draw.randrange(3))}
    if kind == "string":
        return draw.choice(shape.enum) if shape.enum else draw.choice(NAMES)
    if kind in ("integer", "long"):
        return draw.randint(0, 3)
    return {"boolean": draw.random() < 0.5, "blob": "YQ=="}.get(kind, draw.random() * 2e9)


def send(url, target, body):
    headers = {"x-amz-target": target, "content-type": "application/x-amz-json-1.1"}
    request = urllib.request.Request(url, data=body, headers=headers, method="POST")
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read()


def problem(status, headers, body):
    if not headers.get("x-amzn-requestid"):
        return "no request id"
    if headers.get("content-type") != "application/x-amz-json-1.1":
        return f"content type {headers.get('content-type')}"
    if status == 200:
        return None if not body or isinstance(json.loads(body), dict) else "no JSON object"
    if status >= 500:
        return f"status {status}: {body[:200]!r}"
    said = json.loads(body)
    words = said.get("message") or said.get("Message")
    return None if said.get("__type") and words else f"no type or message: {body[:200]!r}"


def main(url, service, seed, times):
    model = ServiceModel(Loader().load_service_model(service, "service-2"))
    prefix = model.metadata["targetPrefix"]
    sent, accepted, problems = 0, 0, []
    for operation in model.operation_names:
        draw = random.Random(f"{seed}-{operation}")
        shape = model.operation_model(operation).input_shape
        bodies = [json.dumps(value(draw, shape)).encode() for _ in range(int(times))] if shape else []
        for body in [*bodies, draw.choice(BODIES)]:
            try:
                status, headers, answer = send(url, f"{prefix}.{operation}", body)
                found = problem(status, headers, answer)
                accepted += status == 200
            except (OSError, ValueError) as error:
                found = repr(error)
            sent += 1
            if found:
                problems.append(f"{operation}: {found} <- {body[:300]!r}")
    print(json.dumps({"sent": sent, "accepted": accepted, "problems": problems[:20]}))


if __name__ == "__main__":
    main(*sys.argv[1:])
