"""A job's definition, as Glue keeps what CreateJob and UpdateJob give."""

from __future__ import annotations

from typing import Any

from sagemaker_server.errors import JobFailure
from sagemaker_server.objects import split_uri
from sagemaker_server.state import Doc

from . import arguments
from .capacity import capacity
from .errors import invalid, refused

COMMANDS = ("pythonshell", "glueetl")
REFUSED = (
    "CodeGenConfigurationNodes", "Connections", "MaintenanceWindow", "NotificationProperty",
    "SecurityConfiguration", "SourceControlDetails", "JobRunQueuingEnabled",
)  # fmt: skip
REFUSED_OF_RUN = (
    "NotificationProperty", "SecurityConfiguration", "ExecutionRoleSessionPolicy", "JobRunQueuingEnabled",
)  # fmt: skip
# From the first of them on, Glue's Spark is a Spark 3.
SPARK_VERSIONS = ("3.0", "4.0", "5.0", "5.1")
OLD_VERSIONS = ("0.9", "1.0", "2.0")
LONGEST = 10_080
MOST_RETRIES = 10


def define(given: dict[str, Any]) -> Doc:
    """Checks; adds what Glue adds. Raises InvalidInputException."""
    for member in REFUSED:
        if given.get(member):
            raise refused(f"{member} of a job")
    command = _command(given)
    version = _version(given, command)
    retries = given.get("MaxRetries", 0)
    if not 0 <= retries <= MOST_RETRIES:
        raise invalid(f"MaxRetries must be from 0 to {MOST_RETRIES}, not {retries}.")
    concurrent = given.get("ExecutionProperty", {}).get("MaxConcurrentRuns") or 1
    if concurrent < 1:
        raise invalid(f"MaxConcurrentRuns must be 1 or more, not {concurrent}.")
    if given.get("ExecutionClass") == "FLEX" and command["Name"] != "glueetl":
        raise invalid("Execution class FLEX is only supported for glueetl jobs of Glue 3.0 and above.")
    for part in ("DefaultArguments", "NonOverridableArguments"):
        arguments.check(command["Name"], given.get(part, {}), part)
    return {
        "JobMode": "SCRIPT",
        **given,
        "Command": command,
        "GlueVersion": version,
        "MaxRetries": retries,
        "ExecutionProperty": {"MaxConcurrentRuns": concurrent},
        "Timeout": timeout(given.get("Timeout"), 480 if version >= "5" else 2_880),
        **capacity(command["Name"], given),
    }


def timeout(given: int | None, default: int) -> int:
    """Minutes."""
    if given is not None and given > LONGEST:
        raise invalid(f"Timeout must be at most {LONGEST} minutes (7 days), not {given}.")
    return given or default


def _command(given: dict[str, Any]) -> Doc:
    command = given.get("Command") or {}
    if not given.get("Role"):
        raise invalid("Role should not be null or empty.")
    name = command.get("Name")
    if name in ("gluestreaming", "glueray"):
        raise refused(f"Command {name}", "Use pythonshell or glueetl.")
    if name not in COMMANDS:
        raise invalid(f"Command name must be one of {', '.join(COMMANDS)}, not {name}.")
    if not command.get("ScriptLocation"):
        raise invalid("Script location should not be null or empty.")
    try:
        split_uri(command["ScriptLocation"])
    except JobFailure as failure:
        raise invalid(f"Script location: {str(failure).removeprefix('ClientError: ')}") from failure
    if command.get("Runtime"):
        raise invalid("Runtime is only supported for glueray jobs.")
    python = command.get("PythonVersion", "3")
    if python == "2" or (name == "glueetl" and python != "3"):
        raise invalid(f"Python version {python} is not supported for Job Command {name}.")
    return {**command, "PythonVersion": python}


def _version(given: dict[str, Any], command: Doc) -> str:
    shell = command["Name"] == "pythonshell"
    default = ("3.0" if command["PythonVersion"] == "3.9" else "1.0") if shell else SPARK_VERSIONS[-1]
    version = given.get("GlueVersion", default)
    if version not in (*OLD_VERSIONS, *SPARK_VERSIONS):
        raise invalid(f"Glue version {version} is not known; there are {', '.join(SPARK_VERSIONS)}.")
    if not shell and version in OLD_VERSIONS:
        raise refused(f"Glue version {version} for Spark", f"Use one of {', '.join(SPARK_VERSIONS)}.")
    return version
