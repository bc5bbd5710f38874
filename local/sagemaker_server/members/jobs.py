"""CreateProcessingJob and CreateTransformJob."""

from .. import processing_check as processing
from .. import transform
from ..statuses import REAL, RECORDED, REFUSED, Tree, all_of
from .training import TAGS

JOBS: dict[str, Tree] = {
    "CreateProcessingJob": {
        "ProcessingJobName": REAL,
        "ProcessingInputs": {
            "InputName": REAL,
            "S3Input": {
                **all_of(REAL, "S3Uri LocalPath S3DataType S3DataDistributionType S3CompressionType"),
                "S3InputMode": REAL.without("Pipe"),
            },
            **all_of(REFUSED, *processing.REFUSED_OF_INPUT),
        },
        "ProcessingOutputConfig": {
            "KmsKeyId": REAL,
            "Outputs": {
                "OutputName": REAL,
                "S3Output": all_of(REAL, "S3Uri LocalPath S3UploadMode"),
                **all_of(REFUSED, *processing.REFUSED_OF_OUTPUT),
            },
        },
        "ProcessingResources": {
            "ClusterConfig": {
                "InstanceCount": REAL,
                **all_of(RECORDED, "InstanceType VolumeSizeInGB"),
                **all_of(REFUSED, *processing.REFUSED_OF_CLUSTER),
            }
        },
        "StoppingCondition": all_of(REAL, "MaxRuntimeInSeconds"),
        "AppSpecification": all_of(REAL, "ImageUri ContainerEntrypoint ContainerArguments"),
        "Environment": REAL,
        "NetworkConfig": {"EnableNetworkIsolation": REAL, **all_of(REFUSED, *processing.REFUSED_OF_NETWORK)},
        "RoleArn": RECORDED,
        "Tags": TAGS,
        **all_of(REFUSED, *processing.REFUSED),
    },
    "CreateTransformJob": {
        **all_of(REAL, "TransformJobName ModelName MaxConcurrentTransforms MaxPayloadInMB BatchStrategy"),
        "Environment": REAL,
        "ModelClientConfig": all_of(REAL, "InvocationsTimeoutInSeconds InvocationsMaxRetries"),
        "TransformInput": {
            **all_of(REAL, "ContentType CompressionType"),
            "SplitType": REAL.without("RecordIO", "TFRecord"),
            "DataSource": {
                "S3DataSource": {
                    "S3DataType": REAL.without("AugmentedManifestFile", "Converse"),
                    "S3Uri": REAL,
                }
            },
        },
        "TransformOutput": all_of(REAL, "S3OutputPath Accept AssembleWith KmsKeyId"),
        "TransformResources": {
            "InstanceCount": REAL.noting("1, and no more"),
            **all_of(RECORDED, "InstanceType TransformAmiVersion"),
            **all_of(REFUSED, *transform.REFUSED_OF_RESOURCES),
        },
        "DataProcessing": all_of(REAL, "InputFilter OutputFilter JoinSource"),
        "Tags": TAGS,
        **all_of(REFUSED, *transform.REFUSED),
    },
}
