"""Right requests of every operation that has members to choose, and what must be there before them."""

IMAGE = "123456789012.dkr.ecr.us-east-1.amazonaws.com/fixture:1"
ROLE = "arn:aws:iam::000000000000:role/jobs"
ARN = "arn:aws:sagemaker:us-east-1:000000000000"
S3 = "s3://bench/some/a"
CHANNEL = {"ChannelName": "train", "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": S3}}}
INSTANCE = {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 1}
OBJECTIVE = {"Type": "Minimize", "MetricName": "loss"}
ALGORITHM = {
    "TrainingImage": IMAGE,
    "TrainingInputMode": "File",
    "MetricDefinitions": [{"Name": "loss", "Regex": "loss=([0-9.]+)"}],
}
SHARED = {
    "RoleArn": ROLE,
    "AlgorithmSpecification": ALGORITHM,
    "InputDataConfig": [CHANNEL],
    "OutputDataConfig": {"S3OutputPath": S3},
    "ResourceConfig": INSTANCE,
    "StoppingCondition": {"MaxRuntimeInSeconds": 60},
    "CheckpointConfig": {"S3Uri": S3, "LocalPath": "/opt/ml/checkpoints"},
}
RANGES = {
    "IntegerParameterRanges": [{"Name": "i", "MinValue": "1", "MaxValue": "2"}],
    "ContinuousParameterRanges": [{"Name": "x", "MinValue": "0.1", "MaxValue": "0.2"}],
    "CategoricalParameterRanges": [{"Name": "c", "Values": ["a", "b"]}],
}
FLEXIBLE = {key: value for key, value in SHARED.items() if key != "ResourceConfig"}
SEARCH = {
    "Strategy": "Random",
    "ResourceLimits": {"MaxNumberOfTrainingJobs": 4, "MaxParallelTrainingJobs": 2},
    "ParameterRanges": RANGES,
    "HyperParameterTuningJobObjective": OBJECTIVE,
}
TUNING = {"HyperParameterTuningJobName": "new", "HyperParameterTuningJobConfig": SEARCH}
CONTAINER = {"Image": IMAGE, "ModelDataUrl": S3}


def source(kind, compression, uri):
    place = {"S3DataType": kind, "CompressionType": compression, "S3Uri": uri}
    return {"Image": IMAGE, "ModelDataSource": {"S3DataSource": place}}


SOURCES = (source("S3Object", "Gzip", S3), source("S3Prefix", "None", f"{S3}/"))
VARIANT = {"VariantName": "v", "ModelName": "kept", "InstanceType": "ml.m5.large", "InitialInstanceCount": 2}
SERVERLESS = {
    "VariantName": "v",
    "ModelName": "kept",
    "ServerlessConfig": {"MemorySizeInMB": 1024, "MaxConcurrency": 5},
}
CONFIG = {"EndpointConfigName": "new", "ProductionVariants": [VARIANT]}
ASYNC = {**CONFIG, "AsyncInferenceConfig": {"OutputConfig": {"S3OutputPath": S3}}}
SHADOW = {**CONFIG, "ShadowProductionVariants": [{**VARIANT, "VariantName": "s"}]}
PACKAGE = {"ModelPackageGroupName": "kept"}


def inference(container):
    types = {"SupportedContentTypes": ["text/csv"], "SupportedResponseMIMETypes": ["text/csv"]}
    return {"InferenceSpecification": {"Containers": [container], **types}}


def deployments(request):
    """The request without a deployment, and with each way that traffic moves."""
    size = {"Type": "CAPACITY_PERCENT", "Value": 50}
    for kind, name in (("CANARY", "CanarySize"), ("LINEAR", "LinearStepSize")):
        routing = {"Type": kind, "WaitIntervalInSeconds": 1, name: size}
        yield {
            **request,
            "DeploymentConfig": {"BlueGreenUpdatePolicy": {"TrafficRoutingConfiguration": routing}},
        }
    yield request


def target(endpoint, dimension="DesiredInstanceCount"):
    return {
        "ServiceNamespace": "sagemaker",
        "ResourceId": f"endpoint/{endpoint}/variant/v",
        "ScalableDimension": f"sagemaker:variant:{dimension}",
    }


STEPS = {"AdjustmentType": "ChangeInCapacity", "StepAdjustments": [{"ScalingAdjustment": 1}]}
METRIC = {"PredefinedMetricType": "SageMakerVariantInvocationsPerInstance"}
CUSTOM = {"MetricName": "m", "Namespace": "n", "Statistic": "Sum"}


def tracking(specification):
    configuration = {"TargetValue": 1.0, **specification}
    kind = {"PolicyType": "TargetTrackingScaling", "TargetTrackingScalingPolicyConfiguration": configuration}
    return {**target("kept"), "PolicyName": "p", **kind}


WORKERS = {"WorkerType": "G.1X", "NumberOfWorkers": 2}
SPARK = {"Name": "glueetl", "ScriptLocation": S3}
JOB = {"Role": ROLE, "GlueVersion": "5.0", "Command": SPARK, **WORKERS}
SHELL = {"Role": ROLE, "Command": {"Name": "pythonshell", "ScriptLocation": S3}}
INPUT = {
    "InputName": "i",
    "S3Input": {
        "S3Uri": S3,
        "LocalPath": "/opt/ml/processing/i",
        "S3DataType": "S3Prefix",
        "S3InputMode": "File",
    },
}
OUTPUT = {
    "OutputName": "o",
    "S3Output": {"S3Uri": S3, "LocalPath": "/opt/ml/processing/o", "S3UploadMode": "EndOfJob"},
}
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
