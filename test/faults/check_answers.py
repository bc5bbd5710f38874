"""Reads error answers as botocore does, and holds them against its models of the services. In: JSON list; out: what is wrong."""

import json
import sys

import botocore.session
from botocore.parsers import create_parser

# Errors that every service may give, which its model does not repeat (the API references: "Common Error Types").
COMMON = {
    "ThrottlingException": 400,
    "Throttling": 400,
    "InternalFailure": 500,
    "ServiceUnavailable": 503,
    "AccessDeniedException": 400,
    "ExpiredTokenException": 400,
    "ExpiredToken": 400,
    "ValidationException": 400,
    "InvalidSignatureException": 400,
    "SignatureDoesNotMatch": 403,
    # Those of S3 are in its reference of error responses.
    "SlowDown": 503,
    "InternalError": 500,
    "RequestTimeTooSkewed": 403,
    "AccessDenied": 403,
    "NoSuchKey": 404,
}


def wrong(session, answer):
    model = session.get_service_model(answer["service"])
    known = {shape.error_code: shape.metadata.get("error", {}).get("httpStatusCode") for shape in model.error_shapes}
    code, status = answer["code"], answer["status"]
    if code not in known and code not in COMMON:
        yield "no such error"
    if known.get(code) not in (None, status):
        yield f"its status is {known[code]}"
    response = {
        "status_code": status,
        "headers": {name.lower(): value for name, value in answer["headers"].items()},
        "body": answer["body"].encode(),
    }
    shape = model.operation_model(answer["operation"]).output_shape
    parsed = create_parser(answer["protocol"]).parse(response, shape)
    if parsed["Error"]["Code"] != code or not parsed["Error"]["Message"]:
        yield f"it is read as {parsed['Error']}"


session = botocore.session.get_session()
found = [
    f"{answer['service']} {answer['code']} {answer['status']}: {line}"
    for answer in json.load(sys.stdin)
    for line in wrong(session, answer)
]
json.dump(found, sys.stdout)
