"""A read of an S3 that nobody answers for yet: waited out, and answered once somebody does."""

import socket
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import boto3
from botocore.config import Config
from botocore.exceptions import EndpointConnectionError
from sagemaker_server.objects import Objects
from sagemaker_server.patience import patiently


class Answer(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "5")
        self.end_headers()
        self.wfile.write(b"hello")

    def log_message(self, *_: object) -> None:
        pass


with socket.socket() as probe:
    probe.bind(("127.0.0.1", 0))
    port = probe.getsockname()[1]
client = boto3.client(
    "s3",
    endpoint_url=f"http://127.0.0.1:{port}",
    region_name="us-east-1",
    aws_access_key_id="test",
    aws_secret_access_key="test",
    config=Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}),
)
hurried = Objects(client, 0)
refused = 0


def ask() -> bytes:
    """From its third time on, somebody answers."""
    global refused
    try:
        return hurried.read("s3://bucket/key")
    except EndpointConnectionError:
        refused += 1
        if refused == 2:
            server = HTTPServer(("127.0.0.1", port), Answer)
            threading.Thread(target=server.serve_forever, daemon=True).start()
        raise


assert patiently(ask, 60) == b"hello"
print(refused)
