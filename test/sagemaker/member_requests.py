"""Right requests of every operation that has members to choose, and what must be there before them."""

from member_parts import (
    ARN,
    ASYNC,
    CHANNEL,
    CONFIG,
    CONTAINER,
    CUSTOM,
    FLEXIBLE,
    IMAGE,
    INPUT,
    INSTANCE,
    JOB,
    METRIC,
    OBJECTIVE,
    OUTPUT,
    PACKAGE,
    RANGES,
    ROLE,
    S3,
    SEARCH,
    SERVERLESS,
    SHADOW,
    SHARED,
    SHELL,
    SOURCES,
    STEPS,
    TUNING,
    WORKERS,
    deployments,
    inference,
    target,
    tracking,
)

# By service and operation; a request with a member is made of the base that has most of the way to it.
BASES = {
    ("sagemaker", "CreateTrainingJob"): [{"TrainingJobName": "new", **SHARED}],
    ("sagemaker", "CreateHyperParameterTuningJob"): [
        {**TUNING, "TrainingJobDefinition": SHARED},
        {**TUNING, "TrainingJobDefinition": {**FLEXIBLE, "HyperParameterTuningResourceConfig": INSTANCE}},
        {
            **TUNING,
            "TrainingJobDefinition": {
                **FLEXIBLE,
                "HyperParameterTuningResourceConfig": {"InstanceConfigs": [INSTANCE]},
            },
        },
        *(
            {
                "HyperParameterTuningJobName": "new",
                "HyperParameterTuningJobConfig": {
                    key: SEARCH[key] for key in ("Strategy", "ResourceLimits")
                },
                "TrainingJobDefinitions": [
                    {
                        **FLEXIBLE,
                        "DefinitionName": "d",
                        "TuningObjective": OBJECTIVE,
                        "HyperParameterRanges": RANGES,
                        **resources,
                    }
                ],
            }
            for resources in (
                {"ResourceConfig": INSTANCE},
                {"HyperParameterTuningResourceConfig": INSTANCE},
                {"HyperParameterTuningResourceConfig": {"InstanceConfigs": [INSTANCE]}},
            )
        ),
    ],
    ("sagemaker", "CreateProcessingJob"): [
        {
            "ProcessingJobName": "new",
            "RoleArn": ROLE,
            "AppSpecification": {"ImageUri": IMAGE},
            "ProcessingResources": {"ClusterConfig": INSTANCE},
            "ProcessingInputs": [INPUT],
            "ProcessingOutputConfig": {"Outputs": [OUTPUT]},
        }
    ],
    ("sagemaker", "CreateTransformJob"): [
        {
            "TransformJobName": "new",
            "ModelName": "kept",
            "TransformInput": {"DataSource": CHANNEL["DataSource"], "ContentType": "text/csv"},
            "TransformOutput": {"S3OutputPath": S3},
            "TransformResources": {"InstanceType": "ml.m5.large", "InstanceCount": 1},
        }
    ],
    ("sagemaker", "CreateModel"): [
        {"ModelName": "new", "ExecutionRoleArn": ROLE, **given}
        for container in (CONTAINER, *SOURCES, {"ModelPackageName": f"{ARN}:model-package/kept/1"})
        for given in ({"PrimaryContainer": container}, {"Containers": [container]})
    ],
    ("sagemaker", "CreateEndpointConfig"): [
        CONFIG,
        {"EndpointConfigName": "new", "ProductionVariants": [SERVERLESS]},
        SHADOW,
        ASYNC,
    ],
    ("sagemaker", "CreateEndpoint"): list(deployments({"EndpointName": "new", "EndpointConfigName": "kept"})),
    ("sagemaker", "UpdateEndpoint"): list(deployments({"EndpointName": "kept", "EndpointConfigName": "kept"})),
    ("sagemaker", "UpdateEndpointWeightsAndCapacities"): [
        {"EndpointName": "kept", "DesiredWeightsAndCapacities": [{"VariantName": "v", "DesiredWeight": 2.0}]},
        {
            "EndpointName": "serverless",
            "DesiredWeightsAndCapacities": [
                {"VariantName": "v", "ServerlessUpdateConfig": {"MaxConcurrency": 3}}
            ],
        },
    ],
    ("sagemaker", "CreateModelPackageGroup"): [{"ModelPackageGroupName": "new"}],
    ("sagemaker", "CreateModelPackage"): [
        {**PACKAGE, **inference(container)} for container in (CONTAINER, *SOURCES)
    ],
    ("sagemaker", "UpdateModelPackage"): [
        {"ModelPackageArn": f"{ARN}:model-package/kept/1", **inference(container)}
        for container in (CONTAINER, *SOURCES)
    ],
    ("sagemaker-runtime", "InvokeEndpoint"): [{"EndpointName": "kept", "Body": "YQ=="}],
    ("sagemaker-runtime", "InvokeEndpointAsync"): [
        {"EndpointName": "async", "InputLocation": S3},
        {"EndpointName": "async", "Body": "YQ=="},
    ],
    ("application-autoscaling", "RegisterScalableTarget"): [
        {**target("kept"), "MinCapacity": 1, "MaxCapacity": 2},
        {**target("serverless", "DesiredProvisionedConcurrency"), "MinCapacity": 1, "MaxCapacity": 2},
    ],
    ("application-autoscaling", "DeregisterScalableTarget"): [target("kept")],
    ("application-autoscaling", "DeleteScalingPolicy"): [{**target("kept"), "PolicyName": "kept"}],
    ("application-autoscaling", "PutScalingPolicy"): [
        {**target("kept"), "PolicyName": "p", "StepScalingPolicyConfiguration": STEPS},
        tracking({"PredefinedMetricSpecification": METRIC}),
        tracking({"CustomizedMetricSpecification": CUSTOM}),
    ],
    ("glue", "CreateJob"): [{"Name": "new", **JOB}, {"Name": "new", **SHELL}],
    ("glue", "UpdateJob"): [{"JobName": "kept", "JobUpdate": job} for job in (JOB, SHELL)],
    ("glue", "StartJobRun"): [
        {"JobName": "kept", **given} for given in (WORKERS, {"MaxCapacity": 2}, {"AllocatedCapacity": 2})
    ],
}
ALWAYS = (
    ("sagemaker", "CreateModelPackageGroup", {"ModelPackageGroupName": "kept"}),
    ("sagemaker", "CreateModelPackage", {**PACKAGE, **inference(CONTAINER), "ModelApprovalStatus": "Approved"}),
    ("sagemaker", "CreateModel", {"ModelName": "kept", "ExecutionRoleArn": ROLE, "PrimaryContainer": CONTAINER}),
    ("sagemaker", "CreateEndpointConfig", {**CONFIG, "EndpointConfigName": "kept"}),
    ("sagemaker", "CreateEndpointConfig", {**ASYNC, "EndpointConfigName": "async"}),
    (
        "sagemaker",
        "CreateEndpointConfig",
        {"EndpointConfigName": "serverless", "ProductionVariants": [SERVERLESS]},
    ),
    *(
        ("sagemaker", "CreateEndpoint", {"EndpointName": name, "EndpointConfigName": name})
        for name in ("kept", "async", "serverless")
    ),
    (
        "application-autoscaling",
        "RegisterScalableTarget",
        {**target("kept"), "MinCapacity": 1, "MaxCapacity": 2},
    ),
    (
        "application-autoscaling",
        "PutScalingPolicy",
        {**target("kept"), "PolicyName": "kept", "StepScalingPolicyConfiguration": STEPS},
    ),
    ("glue", "CreateJob", {"Name": "kept", **JOB}),
)
