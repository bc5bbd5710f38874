"""All that operations need, in one place; made once, at start."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Callable

from .faults import Faults
from .logs import Logs
from .metrics import Metrics
from .objects import Objects
from .pidbook import PidBook
from .settings import Settings
from .state import State

if TYPE_CHECKING:
    from .async_inference import AsyncRequests
    from .fleets import Fleets
    from .jobs import Jobs


@dataclass
class Context:
    settings: Settings
    state: State
    pids: PidBook
    objects: Objects
    logs: Logs
    metrics: Metrics
    cloudwatch: Any
    sns: Any
    faults: Faults = field(default_factory=Faults)
    jobs: "Jobs" = field(init=False)
    fleets: "Fleets" = field(init=False)
    asyncs: "AsyncRequests" = field(init=False)


Operation = Callable[[Context, dict[str, Any]], dict[str, Any]]
