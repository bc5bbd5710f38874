"""The requests of a transform job: in order, several under way, tried again as ModelClientConfig says."""

from __future__ import annotations

from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Iterable

from .errors import JobFailure
from .jobs import Job
from .model_server import ModelServer, NotServing, TimedOut
from .state import Doc

CLIENT = {"InvocationsTimeoutInSeconds": 600, "InvocationsMaxRetries": 3}


def answers(
    job: Doc, server: ModelServer, handle: Job, bodies: Iterable[bytes], headers: dict[str, str]
) -> Iterable[bytes]:
    """Answers in the order of the bodies, at most MaxConcurrentTransforms of them under way."""
    concurrent = max(1, job["MaxConcurrentTransforms"])
    waiting: deque[Future[bytes]] = deque()
    with ThreadPoolExecutor(concurrent) as pool:
        try:
            for body in bodies:
                handle.check()
                waiting.append(pool.submit(_ask, job, server, handle, body, headers))
                if len(waiting) >= concurrent:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()
            if handle.stopping.is_set():
                server.stop(1)


def _ask(job: Doc, server: ModelServer, handle: Job, body: bytes, headers: dict[str, str]) -> bytes:
    """One request; server errors and timeouts are tried again, as ModelClientConfig says."""
    client = {**CLIENT, **job.get("ModelClientConfig", {})}
    problem = ""
    for _ in range(client["InvocationsMaxRetries"] + 1):
        handle.check()
        try:
            answer = server.request(
                "POST", "/invocations", body, headers, client["InvocationsTimeoutInSeconds"]
            )
        except TimedOut:
            problem = f"no answer within {client['InvocationsTimeoutInSeconds']} s"
            continue
        except NotServing:
            handle.check()
            raise JobFailure(
                "AlgorithmError: The model server ended before it answered. See job logs for more"
                " information."
            ) from None
        if 200 <= answer.status < 300:
            return answer.data
        problem = f"{answer.status}: {_words(answer)}"
        if answer.status < 500:
            raise JobFailure(
                f"ClientError: See job logs for more information. The container answered {problem}"
            )
    raise JobFailure(f"AlgorithmError: See job logs for more information. The container answered {problem}")


def _words(answer: Any) -> str:
    return answer.data[:500].decode("utf-8", "replace").strip()
