"""Endpoint configs and endpoints."""

from .. import endpoint_config_check as checks
from ..statuses import REAL, RECORDED, REFUSED, Tree, all_of
from .training import TAGS

_VARIANT: Tree = {
    **all_of(REAL, "VariantName ModelName InitialInstanceCount InitialVariantWeight"),
    **all_of(REAL, "ModelDataDownloadTimeoutInSeconds ContainerStartupHealthCheckTimeoutInSeconds"),
    **all_of(
        RECORDED, "InstanceType VolumeSizeInGB VariantInstanceProvisionTimeoutInSeconds InferenceAmiVersion"
    ),
    "ServerlessConfig": {"MaxConcurrency": REAL, **all_of(RECORDED, "MemorySizeInMB ProvisionedConcurrency")},
    "RoutingConfig": {
        "RoutingStrategy": RECORDED.without("PREFIX_AWARE").noting("a variant is one process"),
        **all_of(REFUSED, *checks.REFUSED_OF_ROUTING),
    },
    **all_of(REFUSED, *checks.REFUSED_OF_VARIANT),
}
_DEPLOYMENT: Tree = {
    "BlueGreenUpdatePolicy": {
        "TrafficRoutingConfiguration": {
            **all_of(REAL, "Type WaitIntervalInSeconds"),
            **{size: all_of(REAL, "Type Value") for size in ("CanarySize", "LinearStepSize")},
        },
        **all_of(REAL, "TerminationWaitInSeconds MaximumExecutionTimeoutInSeconds"),
    },
    "RollingUpdatePolicy": REFUSED,
    "AutoRollbackConfiguration": {"Alarms": all_of(REAL, "AlarmName")},
}
ENDPOINTS: dict[str, Tree] = {
    "CreateEndpointConfig": {
        "EndpointConfigName": REAL,
        "ProductionVariants": _VARIANT,
        "ShadowProductionVariants": {**_VARIANT, **all_of(REFUSED, *checks.REFUSED_OF_SHADOW)},
        "DataCaptureConfig": {
            **all_of(REAL, "EnableCapture InitialSamplingPercentage DestinationS3Uri KmsKeyId"),
            "CaptureOptions": all_of(REAL, "CaptureMode"),
            "CaptureContentTypeHeader": all_of(REAL, "CsvContentTypes JsonContentTypes"),
        },
        "AsyncInferenceConfig": {
            "ClientConfig": all_of(REAL, "MaxConcurrentInvocationsPerInstance"),
            "OutputConfig": {
                **all_of(REAL, "KmsKeyId S3OutputPath S3FailurePath"),
                "NotificationConfig": {
                    **all_of(REAL, "SuccessTopic ErrorTopic"),
                    "IncludeInferenceResponseIn": REFUSED,
                },
            },
        },
        "ExecutionRoleArn": RECORDED,
        "Tags": TAGS,
        **all_of(REFUSED, *checks.REFUSED),
    },
    "CreateEndpoint": {
        **all_of(REAL, "EndpointName EndpointConfigName"),
        "DeploymentConfig": _DEPLOYMENT,
        "Tags": TAGS,
    },
    "UpdateEndpoint": {
        **all_of(REAL, "EndpointName EndpointConfigName RetainAllVariantProperties RetainDeploymentConfig"),
        "ExcludeRetainedVariantProperties": all_of(REAL, "VariantPropertyType"),
        "DeploymentConfig": _DEPLOYMENT,
    },
    "UpdateEndpointWeightsAndCapacities": {
        "EndpointName": REAL,
        "DesiredWeightsAndCapacities": {
            **all_of(REAL, "VariantName DesiredWeight DesiredInstanceCount"),
            "ServerlessUpdateConfig": {"MaxConcurrency": REAL, "ProvisionedConcurrency": RECORDED},
        },
    },
}
