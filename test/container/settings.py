"""What read_settings says of each list of arguments on stdin; null where it takes them."""

from __future__ import annotations

import json
import sys

from failures import TrainingFailure
from hyperparameters import read_settings


def said(arguments: list[str]) -> str | None:
    try:
        read_settings(arguments)
    except TrainingFailure as failure:
        return str(failure)
    return None


json.dump([said(arguments) for arguments in json.load(sys.stdin)], sys.stdout)
