"""boto3: a training job from its data to its model, then a model that scores a file by batch transform."""

import boto3

from data import BUCKET, HYPERPARAMETERS, ROLE, XGBOOST, auc, get, keys, numbers, put_tables, reference, same, table

TRAIN = {
    "TrainingJobName": "boto3-train",
    "RoleArn": ROLE,
    "AlgorithmSpecification": {"TrainingImage": XGBOOST, "TrainingInputMode": "File"},
    "HyperParameters": HYPERPARAMETERS,
    "OutputDataConfig": {"S3OutputPath": f"s3://{BUCKET}/boto3/out"},
    "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 5},
    "StoppingCondition": {"MaxRuntimeInSeconds": 600},
    "Tags": [{"Key": "team", "Value": "ops"}],
}


def channel(name: str, uri: str) -> dict:
    source = {"S3DataType": "S3Prefix", "S3Uri": uri, "S3DataDistributionType": "FullyReplicated"}
    return {"ChannelName": name, "ContentType": "text/csv", "DataSource": {"S3DataSource": source}}


def train(sm) -> str:
    uris = put_tables("boto3")
    inputs = [channel(name, uris[name]) for name in ("train", "validation")]
    arn = sm.create_training_job(**TRAIN, InputDataConfig=inputs)["TrainingJobArn"]
    quickly = {"Delay": 1, "MaxAttempts": 300}
    sm.get_waiter("training_job_completed_or_stopped").wait(TrainingJobName="boto3-train", WaiterConfig=quickly)
    job = sm.describe_training_job(TrainingJobName="boto3-train")
    assert job["TrainingJobStatus"] == job["SecondaryStatus"] == "Completed", job
    assert job["TrainingJobArn"] == arn and job["HyperParameters"] == HYPERPARAMETERS
    steps = [step["Status"] for step in job["SecondaryStatusTransitions"]]
    assert steps == ["Starting", "Downloading", "Training", "Uploading", "Completed"], steps
    assert job["CreationTime"] <= job["TrainingStartTime"] <= job["TrainingEndTime"] <= job["LastModifiedTime"]

    model = job["ModelArtifacts"]["S3ModelArtifacts"]
    validation = table(200, 2)
    told = {item["MetricName"]: item["Value"] for item in job["FinalMetricDataList"]}
    recomputed = auc(validation[:, 0], reference(model, validation[:, 1:]))
    assert abs(told["validation:auc"] - recomputed) < 1e-4, (told, recomputed)

    tags = sm.get_paginator("list_tags").paginate(ResourceArn=arn).build_full_result()["Tags"]
    assert tags == [{"Key": "team", "Value": "ops"}]
    found = sm.get_paginator("list_training_jobs").paginate(NameContains="BOTO3", StatusEquals="Completed")
    assert [item["TrainingJobArn"] for page in found for item in page["TrainingJobSummaries"]] == [arn]
    logs = boto3.client("logs").filter_log_events(
        logGroupName="/aws/sagemaker/TrainingJobs", logStreamNamePrefix="boto3-train/"
    )
    assert any("validation-auc" in event["message"] for event in logs["events"])
    return model


def transform(sm, model: str) -> None:
    container = {"Image": XGBOOST, "ModelDataUrl": model}
    sm.create_model(ModelName="boto3-model", ExecutionRoleArn=ROLE, PrimaryContainer=container)
    source = {"S3DataType": "S3Prefix", "S3Uri": f"s3://{BUCKET}/boto3/test"}
    sm.create_transform_job(
        TransformJobName="boto3-transform",
        ModelName="boto3-model",
        TransformInput={"DataSource": {"S3DataSource": source}, "ContentType": "text/csv", "SplitType": "Line"},
        TransformOutput={"S3OutputPath": f"s3://{BUCKET}/boto3/scored", "AssembleWith": "Line"},
        TransformResources={"InstanceType": "ml.m5.large", "InstanceCount": 1},
    )
    waiter = sm.get_waiter("transform_job_completed_or_stopped")
    waiter.wait(TransformJobName="boto3-transform", WaiterConfig={"Delay": 1, "MaxAttempts": 300})
    assert sm.describe_transform_job(TransformJobName="boto3-transform")["TransformJobStatus"] == "Completed"
    assert keys(f"s3://{BUCKET}/boto3/scored/") == ["rows.csv.out"]
    scored = numbers(get(f"s3://{BUCKET}/boto3/scored/rows.csv.out"))
    same(scored, reference(model, table(50, 3)[:, 1:]))


if __name__ == "__main__":
    client = boto3.client("sagemaker")
    transform(client, train(client))
