"""Application Auto Scaling, where nothing scales by itself, and the runtime."""

from .. import router, scaling, scaling_policies
from ..statuses import REAL, RECORDED, REFUSED, Tree, all_of

_PLACE: Tree = {
    "ResourceId": REAL,
    "ServiceNamespace": REAL.noting("`sagemaker`"),
    "ScalableDimension": REAL.noting("those of `sagemaker:variant`"),
}
SCALING: dict[str, Tree] = {
    "RegisterScalableTarget": {
        **_PLACE,
        **all_of(REAL, "MinCapacity MaxCapacity"),
        **all_of(RECORDED, "RoleARN SuspendedState"),
        **all_of(REFUSED, *scaling.REFUSED),
    },
    "DescribeScalableTargets": all_of(
        REAL, "ServiceNamespace ResourceIds ScalableDimension MaxResults NextToken"
    ),
    "DeregisterScalableTarget": _PLACE,
    "PutScalingPolicy": {
        **_PLACE,
        "PolicyName": REAL,
        "PolicyType": REAL.without("PredictiveScaling"),
        **all_of(RECORDED, *scaling_policies.CONFIGURATIONS.values()),
        **all_of(REFUSED, *scaling_policies.REFUSED),
    },
    "DescribeScalingPolicies": all_of(
        REAL, "PolicyNames ServiceNamespace ResourceId ScalableDimension MaxResults NextToken"
    ),
    "DeleteScalingPolicy": {**_PLACE, "PolicyName": REAL},
}
_ASKED = "EndpointName Body ContentType Accept CustomAttributes InferenceId"
RUNTIME: dict[str, Tree] = {
    "InvokeEndpoint": {
        **all_of(REAL, _ASKED, "TargetVariant"),
        **all_of(REFUSED, *router.REFUSED),
        **all_of(REFUSED.noting("as AWS does for such endpoints"), *router.OTHER_ENDPOINTS),
    },
    "InvokeEndpointAsync": all_of(
        REAL,
        _ASKED,
        "InputLocation S3OutputPathExtension Filename RequestTTLSeconds InvocationTimeoutSeconds",
    ),
}
