"""The training job definitions of a tuning job, one or several, in one form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .objects import join_uri
from .state import Doc

TUNING_METRIC = "_tuning_objective_metric"
# What a training job takes over from its definition as it is.
_TAKEN = (
    "RoleArn", "AlgorithmSpecification", "InputDataConfig", "OutputDataConfig", "StoppingCondition",
    "VpcConfig", "EnableNetworkIsolation", "EnableInterContainerTrafficEncryption",
    "EnableManagedSpotTraining", "RetryStrategy", "Environment",
)  # fmt: skip


@dataclass(frozen=True)
class Definition:
    """`given` is the request's; objective and ranges are its own or the tuning job's."""

    given: Doc
    objective: dict[str, str]
    parameter_ranges: dict[str, Any]

    @property
    def name(self) -> str | None:
        return self.given.get("DefinitionName")

    @property
    def metric(self) -> str:
        return self.objective["MetricName"]

    @property
    def minimize(self) -> bool:
        return self.objective["Type"] == "Minimize"

    def complete(self) -> None:
        """What AWS shows besides what was given, and its SDK reads."""
        static = self.given.get("StaticHyperParameters", {})
        self.given["StaticHyperParameters"] = {**static, TUNING_METRIC: self.metric}
        self.given["OutputDataConfig"] = {"KmsKeyId": "", **self.given["OutputDataConfig"]}
        self.given["ResourceConfig"] = self._resources()

    def request(self, job: str, values: dict[str, str], tags: list[Doc]) -> Doc:
        """CreateTrainingJob for one trial."""
        static = self.given.get("StaticHyperParameters", {})
        taken = {member: self.given[member] for member in _TAKEN if member in self.given}
        checkpoints = self.given.get("CheckpointConfig")
        if checkpoints:
            # Trials must not go on from each other's checkpoints.
            taken["CheckpointConfig"] = {**checkpoints, "S3Uri": join_uri(checkpoints["S3Uri"], job)}
        return {
            **taken,
            "TrainingJobName": job,
            "HyperParameters": {**static, **values, TUNING_METRIC: self.metric},
            "ResourceConfig": self._resources(),
            "Tags": tags,
        }

    def _resources(self) -> Doc:
        flexible = self.given.get("HyperParameterTuningResourceConfig")
        if not flexible:
            return self.given.get("ResourceConfig", {})
        # An instance type is a name here: the first of the list always has capacity.
        first = (flexible.get("InstanceConfigs") or [flexible])[0]
        members = ("InstanceType", "InstanceCount", "VolumeSizeInGB")
        key = {"VolumeKmsKeyId": flexible["VolumeKmsKeyId"]} if "VolumeKmsKeyId" in flexible else {}
        return {**{member: first[member] for member in members if member in first}, **key}


def definitions_of(tuning: Doc) -> list[Definition]:
    """Of a tuning job or of the request for one; objective and ranges are {} where nobody gave them."""
    config = tuning["HyperParameterTuningJobConfig"]
    single = tuning.get("TrainingJobDefinition")
    return [
        Definition(
            given,
            given.get("TuningObjective") or config.get("HyperParameterTuningJobObjective", {}),
            given.get("HyperParameterRanges") or config.get("ParameterRanges", {}),
        )
        for given in ([single] if single else tuning.get("TrainingJobDefinitions", []))
    ]
