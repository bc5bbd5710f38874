"""CreateModel, and the registry of model packages."""

from .. import models, packages
from ..statuses import REAL, RECORDED, REFUSED, Tree, all_of
from .training import TAGS

_PLACE: Tree = {
    "S3Uri": REAL,
    **all_of(REAL.noting("S3Object with Gzip, S3Prefix with None"), "S3DataType CompressionType"),
}
_CONTAINER: Tree = {
    **all_of(REAL, "Image ModelDataUrl Environment ModelPackageName"),
    "Mode": REAL.without("MultiModel"),
    "ModelDataSource": {"S3DataSource": {**_PLACE, **all_of(REFUSED, *models.REFUSED_OF_SOURCE)}},
    "ContainerHostname": RECORDED,
    **all_of(REFUSED, *models.REFUSED_OF_CONTAINER),
}
_IN_CREATE_MODEL = RECORDED.noting("a model of such a package is refused")
_INFERENCE: Tree = {
    "Containers": {
        **all_of(REAL, "Image ModelDataUrl Environment"),
        "ModelDataSource": {
            "S3DataSource": {**_PLACE, **all_of(_IN_CREATE_MODEL, *models.REFUSED_OF_SOURCE)}
        },
        **all_of(_IN_CREATE_MODEL, *models.REFUSED_OF_PACKAGED),
        **all_of(
            RECORDED,
            "ContainerHostname ImageDigest ProductId ModelInput Framework FrameworkVersion NearestModelName",
            "ModelDataETag IsCheckpoint BaseModel",
        ),
    },
    **all_of(
        RECORDED,
        "SupportedTransformInstanceTypes SupportedRealtimeInferenceInstanceTypes SupportedContentTypes",
        "SupportedResponseMIMETypes",
    ),
}
MODELS: dict[str, Tree] = {
    "CreateModel": {
        "ModelName": REAL,
        "PrimaryContainer": _CONTAINER,
        "Containers": _CONTAINER,
        "InferenceExecutionConfig": {"Mode": RECORDED.without("Direct")},
        "ExecutionRoleArn": RECORDED,
        "Tags": TAGS,
        **all_of(REFUSED, *models.REFUSED),
    },
    "CreateModelPackageGroup": {
        "ModelPackageGroupName": REAL,
        "ModelPackageGroupDescription": RECORDED,
        "Tags": TAGS,
        **all_of(REFUSED, *packages.REFUSED_OF_GROUP),
    },
    "CreateModelPackage": {
        **all_of(REAL, "ModelPackageGroupName ModelApprovalStatus ClientToken"),
        "InferenceSpecification": _INFERENCE,
        **all_of(
            RECORDED,
            "ModelPackageDescription ModelPackageRegistrationType MetadataProperties ModelMetrics Domain",
            "Task SamplePayloadUrl CustomerMetadataProperties DriftCheckBaselines SkipModelValidation SourceUri",
            "ModelCard ModelLifeCycle",
        ),
        "Tags": REFUSED.noting("as on AWS, for versions"),
        **all_of(REFUSED, *packages.REFUSED),
    },
    "UpdateModelPackage": {
        **all_of(REAL, "ModelPackageArn ModelApprovalStatus CustomerMetadataPropertiesToRemove"),
        "InferenceSpecification": _INFERENCE,
        **all_of(
            RECORDED,
            "ModelPackageRegistrationType ApprovalDescription CustomerMetadataProperties SourceUri ModelCard",
            "ModelLifeCycle",
        ),
        "ClientToken": REAL.noting("an update may be repeated without one, too"),
        **all_of(REFUSED, *packages.REFUSED_OF_UPDATE),
    },
    "DescribeModelPackage": all_of(REAL, "ModelPackageName IncludedData"),
}
