"""The bake after traffic moved: AutoRollbackConfiguration's alarms are looked at, in CloudWatch."""

from __future__ import annotations

import math
import time

from botocore.exceptions import BotoCoreError, ClientError

from .context import Context
from .errors import refused, validation
from .patience import PATIENCE, passing
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
    routing = _routing(config)
    size = _size(routing)
    names = ["CanarySize", "LinearStepSize"]
    name, other = names if routing.get("Type") == "CANARY" else reversed(names)
    if routing.get("Type", "ALL_AT_ONCE") == "ALL_AT_ONCE":
        if size:
            raise validation(f"{routing['Type']} takes no CanarySize and no LinearStepSize.")
        return
    if not size or not routing.get(name) or routing.get(other):
        raise validation(f"TrafficRoutingConfiguration {routing['Type']} needs {name}, and only that.")
    least = 1 if routing["Type"] == "CANARY" else 10
    if size["Type"] == "CAPACITY_PERCENT" and not least <= size["Value"] <= 50:
        raise validation(f"{name} must be {least} to 50 percent of the capacity; found {size['Value']}.")


def check_sizes(config: Doc | None, plan: Doc) -> None:
    """A size in instances is at most half of each variant's."""
    size = _size(_routing(config))
    for variant in plan["variants"] if size and size["Type"] == "INSTANCE_COUNT" else ():
        if 2 * size["Value"] > variant["count"]:
            raise validation(
                f"A step of {size['Value']} instances is more than 50 percent of variant {variant['name']},"
                f" which has {variant['count']}."
            )


def _routing(config: Doc | None) -> Doc:
    return (config or {}).get("BlueGreenUpdatePolicy", {}).get("TrafficRoutingConfiguration", {})


def _size(routing: Doc) -> Doc | None:
    return routing.get("CanarySize") or routing.get("LinearStepSize")


class Bake:
    """The steps of a deployment, and the waiting after each, while the old containers stand by."""

    def __init__(self, ctx: Context, config: Doc | None, began: float) -> None:
        """`began` is when the deployment did, by time.monotonic."""
        self._ctx = ctx
        self._began = began
        config = config or {}
        self._routing = _routing(config)
        self._interval = self._routing.get("WaitIntervalInSeconds", 0)
        policy = config.get("BlueGreenUpdatePolicy", {})
        self._end = policy.get("TerminationWaitInSeconds", 0)
        self._most = policy.get("MaximumExecutionTimeoutInSeconds", math.inf)
        alarms = config.get("AutoRollbackConfiguration", {}).get("Alarms", [])
        self._alarms = [alarm["AlarmName"] for alarm in alarms]
        # Since when CloudWatch could not be asked; None while it can.
        self._blind: float | None = None

    def shares(self, plan: Doc) -> list[float]:
        """What part of the traffic the new containers have after each step; the last is 1."""
        size = _size(self._routing)
        if not size:
            return [1]
        whole = 100 if size["Type"] == "CAPACITY_PERCENT" else min(each["count"] for each in plan["variants"])
        if self._routing["Type"] == "CANARY":
            return [size["Value"] / whole, 1]
        steps = math.ceil(whole / size["Value"])
        return [min(1, (step + 1) * size["Value"] / whole) for step in range(steps)]

    def watch(self, last: bool) -> str | None:
        """Waits WaitIntervalInSeconds, and TerminationWaitInSeconds after the last step. Gives why to roll
        back, or None."""
        until = time.monotonic() + self._interval + (self._end if last else 0)
        while True:
            alarm = self._raised() or self._late()
            if alarm or (self._blind is None and time.monotonic() >= until):
                return alarm
            time.sleep(min(LOOK_EVERY, max(0.1, until - time.monotonic())))

    def _late(self) -> str | None:
        if time.monotonic() - self._began <= self._most:
            return None
        return (
            f"The deployment took longer than MaximumExecutionTimeoutInSeconds ({self._most}), so the update"
            " was rolled back."
        )

    def _raised(self) -> str | None:
        if not self._alarms:
            return None
        try:
            found = self._ctx.cloudwatch.describe_alarms(AlarmNames=self._alarms)["MetricAlarms"]
        except (BotoCoreError, ClientError) as error:
            self._blind = self._blind or time.monotonic()
            if passing(error) and time.monotonic() - self._blind < PATIENCE:
                return None
            return f"The alarms could not be looked at, so the update was rolled back: {error}"
        self._blind = None
        raised = sorted(alarm["AlarmName"] for alarm in found if alarm["StateValue"] == "ALARM")
        if not raised:
            return None
        return f"One or more alarms are in ALARM state, so the update was rolled back: {', '.join(raised)}"
