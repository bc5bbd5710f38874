"""Arguments of the job, as scripts of Glue read them."""

from __future__ import annotations

import argparse
from typing import Sequence

# Always looked for, and given when they are there.
_OWN = {
    "job-bookmark-option": "job_bookmark_option",
    "JOB_ID": "JOB_ID",
    "JOB_RUN_ID": "JOB_RUN_ID",
    "SECURITY_CONFIGURATION": "SECURITY_CONFIGURATION",
    "TempDir": "TempDir",
}


class GlueArgumentError(Exception):
    """An argument that the script needs is not there, or has no value."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> None:  # type: ignore[override]
        raise GlueArgumentError(message)


def getResolvedOptions(args: Sequence[str], options: Sequence[str]) -> dict[str, str]:
    """The values of `--<option>` in args, for the options asked for, each of which must be there. Dashes of
    an option's name become underscores. Other arguments are passed over."""
    parser = _Parser(allow_abbrev=False, add_help=False)
    for name, member in _OWN.items():
        if name not in options:
            parser.add_argument(f"--{name}", dest=member)
    for name in options:
        parser.add_argument(f"--{name}", dest=name.replace("-", "_"), required=True)
    found, _ = parser.parse_known_args(list(args)[1:])
    return {name: value for name, value in vars(found).items() if value is not None}
