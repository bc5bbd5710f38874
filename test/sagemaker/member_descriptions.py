"""What Describe says after a request was taken."""

NAMED = {
    "CreateTrainingJob": ("DescribeTrainingJob", "TrainingJobName"),
    "CreateHyperParameterTuningJob": ("DescribeHyperParameterTuningJob", "HyperParameterTuningJobName"),
    "CreateProcessingJob": ("DescribeProcessingJob", "ProcessingJobName"),
    "CreateTransformJob": ("DescribeTransformJob", "TransformJobName"),
    "CreateModel": ("DescribeModel", "ModelName"),
    "CreateEndpointConfig": ("DescribeEndpointConfig", "EndpointConfigName"),
    "CreateEndpoint": ("DescribeEndpoint", "EndpointName"),
    "UpdateEndpoint": ("DescribeEndpoint", "EndpointName"),
    "UpdateEndpointWeightsAndCapacities": ("DescribeEndpoint", "EndpointName"),
    "CreateModelPackageGroup": ("DescribeModelPackageGroup", "ModelPackageGroupName"),
}
# Members that have another name, or place, in what is described.
ELSEWHERE = {
    "CreateEndpoint.DeploymentConfig": "LastDeploymentConfig",
    "UpdateEndpoint.DeploymentConfig": "LastDeploymentConfig",
    "UpdateEndpointWeightsAndCapacities.DesiredWeightsAndCapacities[]": "ProductionVariants[]",
    "ProductionVariants[].ServerlessUpdateConfig": "ProductionVariants[].CurrentServerlessConfig",
    "UpdateJob.JobUpdate.": "",
}


def place_of(operation, path):
    """Where Describe has the member of a request."""
    for member, there in ELSEWHERE.items():
        whole = f"{operation}.{path}" if member.startswith(operation) else path
        if whole.startswith(member):
            path = there + whole[len(member) :]
    return path


def described(world, speaks, operation, request, answer):
    """The document; None for an operation after which there is nothing to describe."""
    if operation in NAMED:
        describe, name = NAMED[operation]
        return world.call(speaks, describe, {name: request[name]})
    if operation in ("CreateModelPackage", "UpdateModelPackage"):
        return world.call(speaks, "DescribeModelPackage", {"ModelPackageName": answer["ModelPackageArn"]})
    if operation in ("CreateJob", "UpdateJob"):
        return world.call(speaks, "GetJob", {"JobName": request.get("Name") or request["JobName"]})["Job"]
    if operation == "StartJobRun":
        run = {"JobName": request["JobName"], "RunId": answer["JobRunId"]}
        return world.call(speaks, "GetJobRun", run)["JobRun"]
    if operation == "RegisterScalableTarget":
        asked = {"ServiceNamespace": "sagemaker", "ResourceIds": [request["ResourceId"]]}
        return world.call(speaks, "DescribeScalableTargets", asked)["ScalableTargets"][0]
    if operation == "PutScalingPolicy":
        asked = {"ServiceNamespace": "sagemaker", "PolicyNames": [request["PolicyName"]]}
        return world.call(speaks, "DescribeScalingPolicies", asked)["ScalingPolicies"][0]
    return None
