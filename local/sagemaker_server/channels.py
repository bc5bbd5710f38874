"""The inputs of a training job as files: input/data/<channel> and input/config/*.json, for each of its
hosts."""

from __future__ import annotations

from pathlib import Path
from typing import Callable, Sequence

from .errors import JobFailure
from .folder import write_json
from .objects import Objects, inside
from .state import Doc

GROUP = "homogeneousCluster"
READ_ONLY = 0o444


def download_channel(
    objects: Objects, channel: Doc, mode: str, bases: Sequence[Path], check: Callable[[], None]
) -> None:
    """Every host gets all, or with ShardedByS3Key every n-th object. FastFile gives the same files,
    downloaded before the container starts, and read-only. Raises JobFailure when nothing is there; `check` is
    called between files."""
    name, source = channel["ChannelName"], channel["DataSource"]["S3DataSource"]
    folders = [base / "input" / "data" / name for base in bases]
    for folder in folders:
        folder.mkdir(parents=True)
    uri = source["S3Uri"]
    sharded = source.get("S3DataDistributionType") == "ShardedByS3Key"
    items = objects.listed(uri) if source["S3DataType"] == "ManifestFile" else objects.below(uri)
    count = 0
    for item in items:
        for folder in [folders[count % len(folders)]] if sharded else folders:
            check()
            file = inside(folder, item.relative)
            objects.download(item, file)
            if mode == "FastFile":
                file.chmod(READ_ONLY)
        count += 1
    if not count:
        raise JobFailure(
            f'ClientError: Data download failed: no S3 objects found under "{uri}" for channel {name}.'
        )


def mode_of(job: Doc, channel: Doc) -> str:
    return channel.get("InputMode") or job["AlgorithmSpecification"]["TrainingInputMode"]


def write_config(base: Path, job: Doc, host: str, hosts: Sequence[str]) -> None:
    """What SageMaker tells the container on `host`."""
    config = base / "input" / "config"
    write_json(config / "hyperparameters.json", job.get("HyperParameters", {}))
    channels = {channel["ChannelName"]: _told(job, channel) for channel in job.get("InputDataConfig", [])}
    write_json(config / "inputdataconfig.json", channels)
    instance = job["ResourceConfig"]["InstanceType"]
    resources = {
        "current_host": host,
        "current_instance_type": instance,
        "current_group_name": GROUP,
        "hosts": list(hosts),
        "instance_groups": [{"instance_group_name": GROUP, "instance_type": instance, "hosts": list(hosts)}],
        "network_interface_name": "lo",
    }
    write_json(config / "resourceconfig.json", resources)
    if job.get("CheckpointConfig"):
        write_json(config / "checkpointconfig.json", job["CheckpointConfig"])


def _told(job: Doc, channel: Doc) -> Doc:
    source = channel["DataSource"]["S3DataSource"]
    return {
        "TrainingInputMode": mode_of(job, channel),
        "S3DistributionType": source.get("S3DataDistributionType", "FullyReplicated"),
        "RecordWrapperType": channel.get("RecordWrapperType", "None"),
        **({"ContentType": channel["ContentType"]} if channel.get("ContentType") else {}),
    }
