"""The training environment as a script sees it: arguments and SM_* variables."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .layout import Layout

# Hyperparameters of this prefix steer the toolkit; the script does not see them.
TOOLKIT_PREFIX = "sagemaker_"
TUNING_METRIC = "_tuning_objective_metric"


@dataclass(frozen=True)
class TrainingEnvironment:
    layout: Layout
    hyperparameters: Mapping[str, Any]
    toolkit: Mapping[str, Any]
    resources: Mapping[str, Any]
    channels: Mapping[str, Any]
    # What the image names as its own module, such as sagemaker_xgboost_container.training:main.
    framework: str

    @property
    def program(self) -> str | None:
        """The script's name; None runs the built-in algorithm."""
        return self.toolkit.get("sagemaker_program") or os.environ.get("SAGEMAKER_PROGRAM")

    @property
    def submit_directory(self) -> str:
        given = self.toolkit.get("sagemaker_submit_directory") or os.environ.get("SAGEMAKER_SUBMIT_DIRECTORY")
        return str(given) if given else str(self.layout.code)

    def arguments(self) -> list[str]:
        """`--name value`, sorted by name; one letter takes one dash."""
        arguments: list[str] = []
        for name, value in sorted(self.hyperparameters.items()):
            arguments += [f"--{name}" if len(name) > 1 else f"-{name}", _argument(value)]
        return arguments

    def variables(self) -> dict[str, str]:
        layout = self.layout
        host = self.resources["current_host"]
        values: dict[str, Any] = {
            "hosts": self.resources["hosts"],
            "current_host": host,
            "current_instance_type": self.resources.get("current_instance_type", "local"),
            "current_instance_group": self.resources.get("current_group_name", "homogeneousCluster"),
            "network_interface_name": self.resources.get("network_interface_name", "eth0"),
            "hps": self.hyperparameters,
            "user_entry_point": self.program,
            "module_name": (self.program or "").removesuffix(".py"),
            "module_dir": self.submit_directory,
            "framework_module": self.framework,
            "framework_params": {k: v for k, v in self.toolkit.items() if k not in _NAMED},
            "log_level": self.toolkit.get("sagemaker_container_log_level", 20),
            "resource_config": self.resources,
            "input_data_config": self.channels,
            "channels": sorted(self.channels),
            "input_dir": str(layout.input),
            "input_config_dir": str(layout.config),
            "output_dir": str(layout.output),
            "output_data_dir": str(layout.output / "data"),
            "output_intermediate_dir": str(layout.output / "intermediate"),
            "model_dir": str(layout.model),
            "num_cpus": cpus(),
            "num_gpus": 0,
            "user_args": self.arguments(),
        }
        values |= {f"channel_{name}": str(layout.channel(name)) for name in self.channels}
        values |= {f"hp_{name}": value for name, value in self.hyperparameters.items()}
        values["training_env"] = {
            **{k: v for k, v in values.items() if not k.startswith(("channel_", "hp_"))},
            "channel_input_dirs": {name: str(layout.channel(name)) for name in self.channels},
            "hyperparameters": self.hyperparameters,
            "is_master": host == self.resources["hosts"][0],
            "job_name": os.environ.get("TRAINING_JOB_NAME"),
        }
        return {f"SM_{name.upper()}": _variable(value) for name, value in values.items()}


_NAMED = (
    "sagemaker_program",
    "sagemaker_submit_directory",
    "sagemaker_region",
    "sagemaker_job_name",
    "sagemaker_container_log_level",
    TUNING_METRIC,
)


def read_environment(layout: Layout, framework: str) -> TrainingEnvironment:
    """From input/config; a hyperparameter that is no JSON stands for itself."""
    given = {name: _decoded(value) for name, value in layout.read_config("hyperparameters.json").items()}
    resources = layout.read_config("resourceconfig.json")
    host = resources.get("current_host") or socket.gethostname()
    return TrainingEnvironment(
        layout,
        {k: v for k, v in given.items() if not _for_toolkit(k)},
        {k: v for k, v in given.items() if _for_toolkit(k)},
        {**resources, "current_host": host, "hosts": resources.get("hosts") or [host]},
        layout.read_config("inputdataconfig.json"),
        framework,
    )


def _for_toolkit(name: str) -> bool:
    return name.startswith(TOOLKIT_PREFIX) or name == TUNING_METRIC


def cpus() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _decoded(value: Any) -> Any:
    try:
        return json.loads(value)
    except (TypeError, ValueError):
        return value


def _argument(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, Mapping):
        return ",".join(f"{k}={v}" for k, v in sorted(value.items()))
    return str(value)


def _variable(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True, separators=(",", ":"))
