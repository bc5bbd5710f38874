"""What serves: the containers of each endpoint, and who gets the next request."""

from __future__ import annotations

import random
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor

from .context import Context
from .errors import JobFailure
from .model_server import ModelServer, wait_until
from .plans import everyone
from .resources_in_use import memory_of_machine, processes, usage
from .state import Doc

STOP_GRACE = 5.0


class Busy(Exception):
    """A serverless variant has as many requests under way as it may."""


def most_at_once(plan: Doc) -> int | None:
    return (plan.get("serverless") or {}).get("MaxConcurrency")


class Variant:
    """One container, whatever the variant's instance count: the machine is one."""

    def __init__(self, ctx: Context, endpoint: str, plan: Doc) -> None:
        self.name: str = plan["name"]
        self.weight: float = plan["weight"]
        self.limit = most_at_once(plan)
        stream = f"{self.name}/i-{uuid.uuid4().hex[:17]}"
        self.group = f"/aws/sagemaker/Endpoints/{endpoint}"
        self.server = ModelServer(ctx, plan["container"], self.group, stream, {})
        self._download_timeout = plan.get("download_timeout")
        self._timeout = plan.get("startup_timeout") or ctx.settings.startup_timeout
        self._lock = threading.Lock()
        self._under_way = 0
        self._closed = False
        self.cpu: tuple[float, float] | None = None

    def start(self) -> None:
        try:
            self.server.start(self._timeout, self._download_timeout)
        except JobFailure as failure:
            raise JobFailure(_reason(self.name, str(failure))) from failure
        threading.Thread(target=self.server.keep_up, name=f"variant-{self.name}", daemon=True).start()

    def enter(self) -> bool:
        """Counts a request in; False when the variant is being retired. Raises Busy."""
        with self._lock:
            if self._closed:
                return False
            if self.limit is not None and self._under_way >= self.limit:
                raise Busy()
            self._under_way += 1
            return True

    def leave(self) -> None:
        with self._lock:
            self._under_way -= 1

    def retire(self, patience: float) -> None:
        """Takes no more requests, waits for those under way, stops the container."""
        with self._lock:
            self._closed = True
        wait_until(lambda: self._under_way == 0, patience)
        self.server.stop(STOP_GRACE)


class Fleet:
    """The variants of one endpoint config, alive. `plan` is what deployment.py made of the config."""

    def __init__(self, ctx: Context, endpoint: str, plan: Doc) -> None:
        self.endpoint = endpoint
        self.plan = plan
        self.variants = {each["name"]: Variant(ctx, endpoint, each) for each in plan["variants"]}
        self.shadows = {each["name"]: Variant(ctx, endpoint, each) for each in plan.get("shadows", [])}

    def all(self) -> list[Variant]:
        return [*self.variants.values(), *self.shadows.values()]

    def settle(self, plan: Doc) -> None:
        """Takes the weights and limits of a plan of the same variants."""
        settings = {each["name"]: each for each in everyone(plan)}
        for variant in self.all():
            variant.weight = settings[variant.name]["weight"]
            variant.limit = most_at_once(settings[variant.name])
        self.plan = plan

    def start(self) -> None:
        """Starts all containers side by side; stops all when one does not come up, and raises JobFailure."""
        with ThreadPoolExecutor(len(self.all())) as pool:
            starting = [pool.submit(variant.start) for variant in self.all()]
            problems = [error for each in starting if (error := each.exception())]
        if problems:
            self.retire(0)
            raise problems[0]

    def pick(self) -> Variant:
        """By weight."""
        variants = list(self.variants.values())
        weights = [variant.weight for variant in variants]
        return random.choices(variants, weights)[0] if sum(weights) > 0 else variants[0]

    def retire(self, patience: float) -> None:
        with ThreadPoolExecutor(len(self.all())) as pool:
            list(pool.map(lambda variant: variant.retire(patience), self.all()))


class Fleets:
    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx
        self._lock = threading.Lock()
        self._live: dict[str, Fleet] = {}
        self._offered: dict[str, tuple[Fleet, float]] = {}
        self._coming: dict[str, threading.Event] = {}
        ctx.metrics.sample_with(self._sample)

    def get(self, endpoint: str) -> Fleet | None:
        """The fleet that has the traffic; while it moves, each by its share."""
        with self._lock:
            fleet, share = self._offered.get(endpoint, (None, 0))
            return fleet if fleet and random.random() < share else self._live.get(endpoint)

    def comes_back(self, endpoint: str) -> None:
        """Until `is_back`, its containers are being started after a restart of the server."""
        with self._lock:
            self._coming[endpoint] = threading.Event()

    def is_back(self, endpoint: str) -> None:
        with self._lock:
            event = self._coming.pop(endpoint, None)
        if event:
            event.set()

    def wait_for(self, endpoint: str, seconds: float | None = None) -> None:
        """Waits for the containers of an endpoint that comes back; of others, not at all."""
        with self._lock:
            event = self._coming.get(endpoint)
        if event:
            event.wait(seconds)

    def offer(self, endpoint: str, fleet: Fleet, share: float) -> None:
        """Gives a new fleet its share (0 to 1) of the traffic."""
        with self._lock:
            self._offered[endpoint] = (fleet, share)

    def withdraw(self, endpoint: str) -> None:
        with self._lock:
            self._offered.pop(endpoint, None)

    def swap(self, endpoint: str, fleet: Fleet | None) -> Fleet | None:
        """Moves all traffic at once; gives the fleet that had it."""
        with self._lock:
            self._offered.pop(endpoint, None)
            before = self._live.pop(endpoint, None)
            if fleet:
                self._live[endpoint] = fleet
            return before

    def _sample(self) -> None:
        with self._lock:
            variants = [(fleet, variant) for fleet in self._live.values() for variant in fleet.all()]
        if not variants:
            return
        found, now, memory = processes(), time.monotonic(), memory_of_machine()
        for fleet, variant in variants:
            guard = variant.server.pid()
            if guard is None:
                variant.cpu = None
                continue
            seconds, resident = usage(found, guard)
            dimensions = {"EndpointName": fleet.endpoint, "VariantName": variant.name}
            namespace = "/aws/sagemaker/Endpoints"
            self._ctx.metrics.add(
                namespace, "MemoryUtilization", "Percent", dimensions, 100 * resident / memory
            )
            before, variant.cpu = variant.cpu, (now, seconds)
            if before and seconds >= before[1] and now > before[0]:
                share = 100 * (seconds - before[1]) / (now - before[0])
                self._ctx.metrics.add(namespace, "CPUUtilization", "Percent", dimensions, share)


def _reason(variant: str, problem: str) -> str:
    if "ping health check" in problem:
        return (
            f"The primary container for production variant {variant} did not pass the ping health check."
            " Please check CloudWatch logs for this endpoint."
        )
    return f"The primary container for production variant {variant} could not be started: {problem}"
