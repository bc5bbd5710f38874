"""The control routes of faults: PUT /faults replaces all rules, GET shows them, DELETE removes them."""

from __future__ import annotations

import ipaddress
import json
from typing import Any

from .fault_rules import LARGEST, BadRules, read_rules
from .faults import Faults
from .wire import Answer

METHODS = ("GET", "PUT", "DELETE")
__all__ = ["LARGEST", "METHODS", "answer"]


def answer(faults: Faults, method: str, client: tuple[str, int] | None, body: bytes) -> Answer:
    """The rules in force after it, as a JSON list; {message} with 400 for bad rules, 403 from afar."""
    if not client or not ipaddress.ip_address(client[0]).is_loopback:
        return _json(403, {"message": "Faults are ruled from the machine itself: use its loopback address."})
    if method == "DELETE":
        faults.put([])
    if method == "PUT":
        try:
            faults.put(read_rules(body))
        except BadRules as problem:
            return _json(400, {"message": f"{problem}."})
    return _json(200, faults.shown())


def _json(status: int, value: Any) -> Answer:
    return Answer(status, {"content-type": "application/json"}, json.dumps(value).encode())
