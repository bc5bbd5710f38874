"""The bake after traffic moved: AutoRollbackConfiguration's alarms are looked at, in CloudWatch."""

from __future__ import annotations

import time

from botocore.exceptions import BotoCoreError, ClientError

from .context import Context
from .errors import refused
from .state import Doc

LOOK_EVERY = 1.0


def check_deployment(config: Doc | None) -> None:
    """Refuses what a deployment here cannot do."""
    if not config:
        return
    if config.get("RollingUpdatePolicy"):
        raise refused(
            "RollingUpdatePolicy", "Use BlueGreenUpdatePolicy with ALL_AT_ONCE, or move weights yourself."
        )
    routing = config.get("BlueGreenUpdatePolicy", {}).get("TrafficRoutingConfiguration", {})
    if routing.get("Type", "ALL_AT_ONCE") != "ALL_AT_ONCE":
        raise refused(
            f"TrafficRoutingConfiguration {routing['Type']}", "Use ALL_AT_ONCE, or move weights yourself."
        )


class Bake:
    """Waits as long as WaitIntervalInSeconds and TerminationWaitInSeconds say, while the old containers
    stand by."""

    def __init__(self, ctx: Context, config: Doc | None) -> None:
        self._ctx = ctx
        config = config or {}
        policy = config.get("BlueGreenUpdatePolicy", {})
        routing = policy.get("TrafficRoutingConfiguration", {})
        self._seconds = routing.get("WaitIntervalInSeconds", 0) + policy.get("TerminationWaitInSeconds", 0)
        alarms = config.get("AutoRollbackConfiguration", {}).get("Alarms", [])
        self._alarms = [alarm["AlarmName"] for alarm in alarms]

    def watch(self) -> str | None:
        """Why to roll back, or None."""
        until = time.monotonic() + self._seconds
        while True:
            alarm = self._raised()
            if alarm or time.monotonic() >= until:
                return alarm
            time.sleep(min(LOOK_EVERY, max(0.0, until - time.monotonic())))

    def _raised(self) -> str | None:
        if not self._alarms:
            return None
        try:
            found = self._ctx.cloudwatch.describe_alarms(AlarmNames=self._alarms)["MetricAlarms"]
        except (BotoCoreError, ClientError) as error:
            return f"The alarms could not be looked at, so the update was rolled back: {error}"
        raised = sorted(alarm["AlarmName"] for alarm in found if alarm["StateValue"] == "ALARM")
        if not raised:
            return None
        return f"One or more alarms are in ALARM state, so the update was rolled back: {', '.join(raised)}"
