"""Where a run's lines go in CloudWatch Logs."""

from __future__ import annotations

from sagemaker_server.context import Context
from sagemaker_server.state import Doc

from .arguments import WITHOUT_EFFECT, resolved, truthy


class Streams:
    """`output` takes lines of stdout, `error` lines of stderr and of our own."""

    def __init__(self, ctx: Context, run: Doc) -> None:
        given = resolved(run)
        self._logs = ctx.logs
        self._group = run["LogGroupName"]
        self._stream = run["Id"]
        self._continuous: tuple[str, str] | None = None
        spark = run["job"]["Command"]["Name"] == "glueetl"
        if spark and truthy(given, "--enable-continuous-cloudwatch-log"):
            prefix = given.get("--continuous-log-logStreamPrefix", self._stream)
            group = given.get("--continuous-log-logGroup", f"{self._group}/logs-v2")
            self._continuous = (group, f"{prefix}-driver")
        for name in WITHOUT_EFFECT:
            if given.get(name) not in (None, "", "false", "none"):
                self.error(f"glue: {name} has no effect on a laptop")

    def output(self, line: str) -> None:
        self._logs.write(f"{self._group}/output", self._stream, line)

    def error(self, line: str) -> None:
        self._logs.write(f"{self._group}/error", self._stream, line)
        if self._continuous:
            self._logs.write(*self._continuous, line)

    def flush(self) -> None:
        self._logs.flush()
