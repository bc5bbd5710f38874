"""What takes minutes by the real clock, asked of the server's own code with other clocks; prints a line each."""

import json
import tempfile
import time
from pathlib import Path
from types import SimpleNamespace

from sagemaker_server.alarms import Bake
from sagemaker_server.errors import JobFailure
from sagemaker_server.model_cards import metadata_only
from sagemaker_server.model_server import ModelServer

policy = {"MaximumExecutionTimeoutInSeconds": 600}
for ago in (599, 601):
    print(Bake(None, {"BlueGreenUpdatePolicy": policy}, time.monotonic() - ago).watch(last=True))

with tempfile.TemporaryDirectory() as folder:
    slow = SimpleNamespace(below=lambda uri: time.sleep(0.2) or iter(()))
    ctx = SimpleNamespace(objects=slow, settings=SimpleNamespace(state=Path(folder)))
    model = {"Image": "", "ModelDataUrl": "s3://bench/a/", "Environment": {}}
    try:
        ModelServer(ctx, model, "group", "stream", {}).start(timeout=1, download_timeout=0.1)
    except JobFailure as failure:
        print(failure)

card = {"intended_uses": {"risk_rating": "Low", "purpose": "kept back"}, "training_details": {"objective": "x"}}
for content in (json.dumps(card), "no JSON"):
    package = {"ModelCard": {"ModelCardStatus": "Draft", "ModelCardContent": content}}
    print(json.dumps(metadata_only(package)["ModelCard"]))
