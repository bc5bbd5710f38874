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
from .resources_in_use import memory_of_machine, processes, usage
from .state import Doc

STOP_GRACE = 5.0


class Variant:
    """One container, whatever the variant's instance count: the machine is one."""

    def __init__(self, ctx: Context, endpoint: str, plan: Doc) -> None:
        self.name: str = plan["name"]
        self.weight: float = plan["weight"]
        stream = f"{self.name}/i-{uuid.uuid4().hex[:17]}"
        self.group = f"/aws/sagemaker/Endpoints/{endpoint}"
        self.server = ModelServer(ctx, plan["container"], self.group, stream, {})
        self._timeout = plan.get("startup_timeout") or ctx.settings.startup_timeout
        self._lock = threading.Lock()
        self._under_way = 0
        self._closed = False
        self.cpu: tuple[float, float] | None = None

    def start(self) -> None:
        try:
            self.server.start(self._timeout)
        except JobFailure as failure:
            raise JobFailure(_reason(self.name, str(failure))) from failure
        threading.Thread(target=self.server.keep_up, name=f"variant-{self.name}", daemon=True).start()

    def enter(self) -> bool:
        """Counts a request in; False when the variant is being retired."""
        with self._lock:
            if not self._closed:
                self._under_way += 1
            return not self._closed

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

    def start(self) -> None:
        """Starts all containers side by side; stops all when one does not come up, and raises JobFailure."""
        with ThreadPoolExecutor(len(self.variants)) as pool:
            starting = [pool.submit(variant.start) for variant in self.variants.values()]
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
        with ThreadPoolExecutor(len(self.variants)) as pool:
            list(pool.map(lambda variant: variant.retire(patience), self.variants.values()))


class Fleets:
    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx
        self._lock = threading.Lock()
        self._live: dict[str, Fleet] = {}
        ctx.metrics.sample_with(self._sample)

    def get(self, endpoint: str) -> Fleet | None:
        with self._lock:
            return self._live.get(endpoint)

    def swap(self, endpoint: str, fleet: Fleet | None) -> Fleet | None:
        """Moves all traffic at once; gives the fleet that had it."""
        with self._lock:
            before = self._live.pop(endpoint, None)
            if fleet:
                self._live[endpoint] = fleet
            return before

    def _sample(self) -> None:
        with self._lock:
            variants = [
                (fleet, variant) for fleet in self._live.values() for variant in fleet.variants.values()
            ]
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
