"""Bringing an endpoint to a plan without losing a request: new containers answer /ping before traffic
moves."""

from __future__ import annotations

import sys
import threading
import time
import traceback
from typing import Callable

from .alarms import Bake
from .context import Context
from .errors import JobFailure
from .fleets import Fleet
from .plans import pending, shown
from .state import Doc

KIND = "endpoint"
TRIES_TO_COME_BACK = 4


def in_background(name: str, work: Callable[[], None]) -> None:
    def body() -> None:
        try:
            work()
        except Exception:  # the thread's end: the last place to say it
            traceback.print_exc(file=sys.stderr)

    threading.Thread(target=body, name=name, daemon=True).start()


def deploy(ctx: Context, name: str) -> None:
    """Brings the endpoint to its `_pending` plan: InService on it, or, when that fails, back on the old
    one or Failed."""
    ctx.fleets.wait_for(name)
    endpoint = ctx.state.get(KIND, name)
    assert endpoint
    plan, began = endpoint["_pending"], time.monotonic()
    fleet = Fleet(ctx, name, plan)
    try:
        fleet.start()
    except Exception as failure:
        _give_up(ctx, name, _words(failure))
        return
    before = ctx.fleets.get(name)
    alarm = _move(ctx, endpoint, fleet, began) if before else None
    if alarm:
        ctx.state.update(KIND, name, lambda doc: doc.update(EndpointStatus="RollingBack", _rollback=alarm))
        ctx.fleets.withdraw(name)
        fleet.retire(ctx.settings.drain_timeout)
        _give_up(ctx, name, alarm)
        return
    ctx.fleets.swap(name, fleet)
    ctx.state.update(KIND, name, lambda doc: _in_service(doc, plan))
    if before:
        before.retire(ctx.settings.drain_timeout)


def _move(ctx: Context, endpoint: Doc, fleet: Fleet, began: float) -> str | None:
    """Moves traffic step by step, while the old containers stand by; gives why to move back, or None."""
    name, plan = endpoint["EndpointName"], endpoint["_pending"]
    bake = Bake(ctx, endpoint.get("_deployment"), began)

    def tell(status: str) -> None:
        def change(doc: Doc) -> None:
            doc.setdefault("PendingDeploymentSummary", {}).update(pending(plan, status))

        ctx.state.update(KIND, name, change)

    for share in bake.shares(plan):
        tell("ActivatingTraffic")
        ctx.fleets.offer(name, fleet, share)
        tell("Baking")
        alarm = bake.watch(last=share == 1)
        if alarm:
            return alarm
    return None


def _in_service(doc: Doc, plan: Doc) -> None:
    doc.update(EndpointStatus="InService", EndpointConfigName=plan["config"], _plan=plan)
    doc.update(shown(plan))
    if "_deployment" in doc:
        doc["LastDeploymentConfig"] = doc.pop("_deployment")
    for member in ("_pending", "_weights", "FailureReason", "PendingDeploymentSummary"):
        doc.pop(member, None)


def _give_up(ctx: Context, name: str, reason: str) -> None:
    """A new endpoint is Failed; an older one is InService as it was, which is not what was asked."""

    def change(doc: Doc) -> None:
        doc["FailureReason"] = reason
        for member in ("_pending", "_deployment", "_rollback", "PendingDeploymentSummary"):
            doc.pop(member, None)
        doc["EndpointStatus"] = "InService" if doc.get("_plan") else "Failed"
        if doc.get("_plan"):
            doc.update(shown(doc["_plan"]))

    ctx.state.update(KIND, name, change)
    ctx.logs.flush()


def reweigh(ctx: Context, name: str) -> None:
    """Applies the weights and counts of the `_pending` plan to the containers that serve."""
    ctx.fleets.wait_for(name)
    endpoint = ctx.state.get(KIND, name)
    assert endpoint
    plan = endpoint["_pending"]
    fleet = ctx.fleets.get(name)
    if fleet:
        fleet.settle(plan)
    ctx.state.update(KIND, name, lambda doc: _in_service(doc, plan))


def remove(ctx: Context, name: str) -> None:
    ctx.fleets.wait_for(name)
    fleet = ctx.fleets.swap(name, None)
    if fleet:
        fleet.retire(ctx.settings.drain_timeout)
    ctx.state.delete(KIND, name)


def come_back(ctx: Context, endpoint: Doc) -> None:
    """After a restart of the server: the endpoint's containers are started anew, then the change that was
    under way goes on to where it was heading. `endpoint` is as the earlier server left it: a change that
    was asked for since has a thread of its own."""
    name = endpoint["EndpointName"]
    if endpoint.get("_plan"):
        try:
            failure = _bring_up(ctx, name, endpoint["_plan"])
            if failure:
                ctx.state.update(KIND, name, lambda doc: _lost(doc, failure))
                return
        finally:
            ctx.fleets.is_back(name)
    if endpoint.get("_rollback"):
        _give_up(ctx, name, endpoint["_rollback"])
    elif endpoint.get("_weights"):
        reweigh(ctx, name)
    elif endpoint.get("_pending"):
        deploy(ctx, name)


def _lost(doc: Doc, reason: str) -> None:
    if doc["EndpointStatus"] != "Deleting":
        doc.update(EndpointStatus="Failed", FailureReason=reason)


def _bring_up(ctx: Context, name: str, plan: Doc) -> str | None:
    """Tried some times, because S3 may still be starting; gives why it failed."""
    reason = None
    for attempt in range(TRIES_TO_COME_BACK):
        fleet = Fleet(ctx, name, plan)
        try:
            fleet.start()
        except Exception as failure:
            reason = _words(failure)
            time.sleep(2**attempt)
            continue
        ctx.fleets.swap(name, fleet)
        return None
    return reason


def come_back_all(ctx: Context) -> None:
    """An endpoint keeps its status: whoever invokes or changes it waits for its containers."""
    for endpoint in ctx.state.all(KIND):
        name = endpoint["EndpointName"]
        if endpoint["EndpointStatus"] == "Deleting":
            ctx.state.delete(KIND, name)
        if endpoint["EndpointStatus"] in ("Deleting", "Failed"):
            continue
        if endpoint.get("_plan"):
            ctx.fleets.comes_back(name)
        in_background(f"come-back-{name}", lambda endpoint=endpoint: come_back(ctx, endpoint))


def _words(failure: BaseException) -> str:
    if isinstance(failure, JobFailure):
        return str(failure)[:1024]
    return (
        f"InternalServerError: We encountered an internal error. Please try again. ({type(failure).__name__})"
    )
