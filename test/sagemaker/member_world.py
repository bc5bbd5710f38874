"""A server's inside for one request after another: its operations and its state, and nothing that would start."""

import copy
import json
from pathlib import Path
from types import SimpleNamespace

from glue_jobs import operations as glue
from glue_jobs import runs as glue_runs
from sagemaker_server import deployment, endpoints, isolation
from sagemaker_server.async_inference import invoke_async
from sagemaker_server.model import service
from sagemaker_server.objects import Item
from sagemaker_server.operations import operate
from sagemaker_server.router import invoke
from sagemaker_server.settings import Settings
from sagemaker_server.state import State
from sagemaker_server.wire import answer

PREFIX = {"sagemaker": "SageMaker", "application-autoscaling": "AnyScaleFrontendService"}
NOTHING = SimpleNamespace(
    start=lambda *_: None, find=lambda *_: None, get=lambda *_: None, submit=lambda *_: None
)
BUCKET = SimpleNamespace(
    below=lambda uri: iter([Item("bench", "a", "a")]), exists=lambda uri: True, size=lambda uri: 1
)
BUCKET.at_once = BUCKET
isolation.has_isolation = lambda: True
endpoints.in_background = lambda name, work: None
glue_runs.start = lambda ctx, run: None


class World:
    """With what `setup` made: (service, operation, request) each."""

    def __init__(self, setup):
        settings = Settings(port=1, state=Path("."), images={"fixture": ("true",)})
        self.ctx = SimpleNamespace(
            settings=settings, state=State(Path(":memory:")), objects=BUCKET, jobs=NOTHING, asyncs=NOTHING
        )
        retiring = SimpleNamespace(enter=lambda: False)
        fleet = SimpleNamespace(plan={}, variants={"v": retiring}, pick=lambda: retiring)
        self.ctx.fleets = SimpleNamespace(get=lambda name: fleet)
        for call in setup:
            self.call(*call)

    def call(self, speaks, operation, request):
        """The answer's members. Raises ServiceError."""
        request = copy.deepcopy(request)
        if speaks == "glue":
            return json.loads(glue.operate(self.ctx, operation, {}, json.dumps(request).encode()).body)
        if speaks == "sagemaker-runtime":
            return self._invoke(operation, request)
        result = operate(self.ctx, PREFIX[speaks], operation, request)
        if operation in ("CreateEndpoint", "UpdateEndpoint", "UpdateEndpointWeightsAndCapacities"):
            self._in_service(request["EndpointName"])
        return json.loads(answer(speaks, operation, result).body or b"{}")

    def _in_service(self, name):
        """As deployment.py leaves it, without a container."""
        self.ctx.state.update(
            deployment.KIND, name, lambda doc: deployment._in_service(doc, doc["_pending"])
        )

    def _invoke(self, operation, request):
        """By its headers, as it comes; an endpoint whose fleet retires is the farthest it gets."""
        members = service("sagemaker-runtime").operation_model(operation).input_shape.members
        headers = {
            members[name].serialization["name"].lower(): str(given)
            for name, given in request.items()
            if members[name].serialization.get("location") == "header"
        }
        if operation == "InvokeEndpointAsync":
            body = b"" if "InputLocation" in request else b"x"
            return json.loads(invoke_async(self.ctx, request["EndpointName"], headers, body).body)
        return invoke(self.ctx, None, request["EndpointName"], headers, b"x").body
