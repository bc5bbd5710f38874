"""The table of operations, and the one way into each of them."""

from __future__ import annotations

from typing import Any

from . import endpoint_configs, endpoints, models, packages, processing, tags, training, transform, tuning
from .context import Context, Operation
from .errors import JobFailure, ServiceError, validation
from .model import service
from .scaling import SCALING
from .validation import check

OPERATIONS: dict[str, Operation] = {
    "CreateTrainingJob": training.create_training_job,
    "DescribeTrainingJob": training.describe_training_job,
    "ListTrainingJobs": training.list_training_jobs,
    "StopTrainingJob": training.stop_training_job,
    "DeleteTrainingJob": training.delete_training_job,
    "CreateHyperParameterTuningJob": tuning.create_hyper_parameter_tuning_job,
    "DescribeHyperParameterTuningJob": tuning.describe_hyper_parameter_tuning_job,
    "ListHyperParameterTuningJobs": tuning.list_hyper_parameter_tuning_jobs,
    "ListTrainingJobsForHyperParameterTuningJob": tuning.list_training_jobs_for_hyper_parameter_tuning_job,
    "StopHyperParameterTuningJob": tuning.stop_hyper_parameter_tuning_job,
    "DeleteHyperParameterTuningJob": tuning.delete_hyper_parameter_tuning_job,
    "CreateProcessingJob": processing.create_processing_job,
    "DescribeProcessingJob": processing.describe_processing_job,
    "ListProcessingJobs": processing.list_processing_jobs,
    "StopProcessingJob": processing.stop_processing_job,
    "DeleteProcessingJob": processing.delete_processing_job,
    "CreateTransformJob": transform.create_transform_job,
    "DescribeTransformJob": transform.describe_transform_job,
    "ListTransformJobs": transform.list_transform_jobs,
    "StopTransformJob": transform.stop_transform_job,
    "CreateModel": models.create_model,
    "DescribeModel": models.describe_model,
    "ListModels": models.list_models,
    "DeleteModel": models.delete_model,
    "CreateEndpointConfig": endpoint_configs.create_endpoint_config,
    "DescribeEndpointConfig": endpoint_configs.describe_endpoint_config,
    "ListEndpointConfigs": endpoint_configs.list_endpoint_configs,
    "DeleteEndpointConfig": endpoint_configs.delete_endpoint_config,
    "CreateEndpoint": endpoints.create_endpoint,
    "DescribeEndpoint": endpoints.describe_endpoint,
    "ListEndpoints": endpoints.list_endpoints,
    "UpdateEndpoint": endpoints.update_endpoint,
    "UpdateEndpointWeightsAndCapacities": endpoints.update_endpoint_weights_and_capacities,
    "DeleteEndpoint": endpoints.delete_endpoint,
    "CreateModelPackageGroup": packages.create_model_package_group,
    "DescribeModelPackageGroup": packages.describe_model_package_group,
    "ListModelPackageGroups": packages.list_model_package_groups,
    "DeleteModelPackageGroup": packages.delete_model_package_group,
    "CreateModelPackage": packages.create_model_package,
    "DescribeModelPackage": packages.describe_model_package,
    "ListModelPackages": packages.list_model_packages,
    "UpdateModelPackage": packages.update_model_package,
    "DeleteModelPackage": packages.delete_model_package,
    "AddTags": tags.add_tags,
    "ListTags": tags.list_tags,
    "DeleteTags": tags.delete_tags,
}


# What stands before the dot of x-amz-target: the service, and its operations.
SPOKEN: dict[str, tuple[str, dict[str, Operation]]] = {
    "SageMaker": ("sagemaker", OPERATIONS),
    "AnyScaleFrontendService": ("application-autoscaling", SCALING),
}


def operate(ctx: Context, prefix: str, name: str, request: dict[str, Any]) -> dict[str, Any]:
    """Checks the request against the service's model and does it. Raises ServiceError."""
    speaks, operations = SPOKEN[prefix]
    model = service(speaks)
    if name not in model.operation_names:
        raise ServiceError("UnknownOperationException", f'{prefix} has no operation "{name}".')
    operation = operations.get(name)
    if not operation:
        raise ServiceError(
            "UnsupportedOperationException",
            f"{name} is not supported by the local SageMaker server, though {prefix} has it. See"
            " docs/laptop-sagemaker.md.",
        )
    shape = model.operation_model(name).input_shape
    check(shape, request)
    try:
        return operation(ctx, known(shape, request))
    except JobFailure as failure:
        raise validation(str(failure)) from failure


def known(shape: Any, value: Any) -> Any:
    """The request without nulls and without members that the service does not know."""
    if shape.type_name == "structure":
        return {
            name: known(member, value[name])
            for name, member in shape.members.items()
            if value.get(name) is not None
        }
    if shape.type_name == "list":
        return [known(shape.member, item) for item in value]
    return value
