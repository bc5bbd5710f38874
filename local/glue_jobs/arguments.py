"""Arguments of a run: which win, which Glue takes for itself, and which a laptop refuses."""

from __future__ import annotations

from typing import Any

from sagemaker_server.state import Doc

from .errors import invalid, refused

LARGEST = 260 * 1024
OFF = ("", "false", "job-bookmark-disable", "none", "python")
# Refused unless their value is one of OFF: without them, the job would not be the job.
REFUSED = (
    "--class", "--continuous-log-conversionPattern", "--customer-driver-env-vars",
    "--customer-executor-env-vars", "--datalake-formats", "--enable-lakeformation-fine-grained-access",
    "--encryption-type", "--job-bookmark-from", "--job-bookmark-option", "--job-bookmark-to",
    "--job-language", "--user-jars-first",
)  # fmt: skip
# Taken, and said in the run's log to be without effect: the job is the same job without them.
WITHOUT_EFFECT = (
    "--enable-auto-scaling", "--enable-continuous-log-filter", "--enable-glue-datacatalog",
    "--enable-job-insights", "--enable-metrics", "--enable-observability-metrics",
    "--enable-rename-algorithm-v2", "--enable-s3-parquet-optimized-committer", "--enable-spark-ui",
    "--library-set", "--spark-event-logs-path", "--use-postgres-driver",
)  # fmt: skip
ONLY_SPARK = ("--conf", "--extra-jars")


def check(command: str, given: dict[str, Any], member: str) -> None:
    """Raises InvalidInputException for what cannot be done, before anything starts."""
    if sum(len(key.encode()) + len(value.encode()) for key, value in given.items()) > LARGEST:
        raise invalid(f"Request size limit exceeded: {member} are over {LARGEST} bytes.")
    for name in REFUSED:
        if given.get(name, "") not in OFF:
            raise refused(f"{name} {given[name]} in {member}", "Leave it out.")
    for name in ONLY_SPARK if command == "pythonshell" else ():
        if given.get(name):
            raise invalid(f"{name} in {member} is only supported for glueetl jobs.")


def resolved(run: Doc) -> dict[str, str]:
    """The job's defaults, the run's own over them, and over both what the job does not let a run override."""
    job = run["job"]
    return {
        **job.get("DefaultArguments", {}),
        **run.get("Arguments", {}),
        **job.get("NonOverridableArguments", {}),
    }


def command_line(run: Doc) -> list[str]:
    """What the script finds in sys.argv. Glue tells Spark jobs, and not Python shell jobs, their names."""
    given = resolved(run)
    if run["job"]["Command"]["Name"] == "glueetl":
        given = {"--JOB_NAME": run["JobName"], "--JOB_ID": run["JobName"], "--JOB_RUN_ID": run["Id"], **given}
    return [part for pair in given.items() for part in pair]


def listed(given: dict[str, str], name: str) -> list[str]:
    """The parts of a value that names several, divided by commas."""
    return [part.strip() for part in given.get(name, "").split(",") if part.strip()]


def truthy(given: dict[str, str], name: str) -> bool:
    return given.get(name, "").lower() == "true"
