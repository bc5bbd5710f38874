"""What right requests are made of."""

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
