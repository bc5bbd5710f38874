"""The inputs of a training job as files: input/data/<channel> and input/config/*.json."""

from __future__ import annotations

from pathlib import Path
from typing import Callable

from .errors import JobFailure
from .folder import write_json
from .objects import Objects, inside, unzip
from .state import Doc


def download_channel(objects: Objects, channel: Doc, folder: Path, check: Callable[[], None]) -> None:
    """Raises JobFailure when nothing is there; `check` is called between files."""
    source = channel["DataSource"]["S3DataSource"]
    uri = source["S3Uri"]
    folder.mkdir(parents=True)
    items = objects.listed(uri) if source["S3DataType"] == "ManifestFile" else objects.below(uri)
    count = 0
    for item in items:
        check()
        file = inside(folder, item.relative)
        objects.download(item, file)
        if channel.get("CompressionType") == "Gzip":
            unzip(file)
        count += 1
    if not count:
        raise JobFailure(
            f'ClientError: Data download failed: no S3 objects found under "{uri}" for channel'
            f" {channel['ChannelName']}."
        )


def write_config(base: Path, job: Doc) -> None:
    config = base / "input" / "config"
    write_json(config / "hyperparameters.json", job.get("HyperParameters", {}))
    mode = job["AlgorithmSpecification"]["TrainingInputMode"]
    channels = {
        channel["ChannelName"]: {
            "TrainingInputMode": channel.get("InputMode") or mode,
            "S3DistributionType": channel["DataSource"]["S3DataSource"].get(
                "S3DataDistributionType", "FullyReplicated"
            ),
            "RecordWrapperType": channel.get("RecordWrapperType", "None"),
            **({"ContentType": channel["ContentType"]} if channel.get("ContentType") else {}),
        }
        for channel in job.get("InputDataConfig", [])
    }
    write_json(config / "inputdataconfig.json", channels)
    instance = job["ResourceConfig"]["InstanceType"]
    group = "homogeneousCluster"
    resources = {
        "current_host": "algo-1",
        "current_instance_type": instance,
        "current_group_name": group,
        "hosts": ["algo-1"],
        "instance_groups": [{"instance_group_name": group, "instance_type": instance, "hosts": ["algo-1"]}],
        "network_interface_name": "lo",
    }
    write_json(config / "resourceconfig.json", resources)
