"""boto3: a group of model packages, versions, approval, tags; needs boto3_jobs.py's training job."""

import boto3

from data import XGBOOST


def register(sm) -> str:
    arn = sm.create_model_package_group(
        ModelPackageGroupName="boto3-group", ModelPackageGroupDescription="flights"
    )["ModelPackageGroupArn"]
    model = sm.describe_training_job(TrainingJobName="boto3-train")["ModelArtifacts"]["S3ModelArtifacts"]
    inference = {
        "Containers": [{"Image": XGBOOST, "ModelDataUrl": model}],
        "SupportedContentTypes": ["text/csv"],
        "SupportedResponseMIMETypes": ["text/csv"],
    }
    request = {"ModelPackageGroupName": "boto3-group", "InferenceSpecification": inference}
    packages = [sm.create_model_package(**request)["ModelPackageArn"] for _ in range(3)]
    assert [package.rsplit("/", 1)[1] for package in packages] == ["1", "2", "3"]
    pages = sm.get_paginator("list_model_packages").paginate(
        ModelPackageGroupName="boto3-group", SortOrder="Ascending", PaginationConfig={"PageSize": 2}
    )
    assert [item["ModelPackageVersion"] for page in pages for item in page["ModelPackageSummaryList"]] == [1, 2, 3]
    sm.update_model_package(ModelPackageArn=packages[1], ModelApprovalStatus="Approved", ApprovalDescription="good")
    approved = sm.list_model_packages(ModelPackageGroupName="boto3-group", ModelApprovalStatus="Approved")
    assert [item["ModelPackageArn"] for item in approved["ModelPackageSummaryList"]] == [packages[1]]
    assert sm.describe_model_package(ModelPackageName=packages[1])["ApprovalDescription"] == "good"
    return arn


def tag(sm, arn: str) -> None:
    sm.add_tags(ResourceArn=arn, Tags=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}])
    sm.delete_tags(ResourceArn=arn, TagKeys=["a"])
    assert sm.list_tags(ResourceArn=arn)["Tags"] == [{"Key": "b", "Value": "2"}]


def clean_up(sm) -> None:
    try:
        sm.delete_model_package_group(ModelPackageGroupName="boto3-group")
        raise AssertionError("a group with versions was deleted")
    except sm.exceptions.ConflictException:
        pass
    for item in sm.list_model_packages(ModelPackageGroupName="boto3-group")["ModelPackageSummaryList"]:
        sm.delete_model_package(ModelPackageName=item["ModelPackageArn"])
    sm.delete_model_package_group(ModelPackageGroupName="boto3-group")
    try:
        sm.create_training_job(**again(sm))
        raise AssertionError("a name was given twice")
    except sm.exceptions.ResourceInUse:
        pass


def again(sm) -> dict:
    """The request of a job that is there."""
    job = sm.describe_training_job(TrainingJobName="boto3-train")
    members = ("TrainingJobName", "RoleArn", "AlgorithmSpecification", "OutputDataConfig", "ResourceConfig")
    return {name: job[name] for name in (*members, "StoppingCondition")}


if __name__ == "__main__":
    client = boto3.client("sagemaker")
    tag(client, register(client))
    clean_up(client)
