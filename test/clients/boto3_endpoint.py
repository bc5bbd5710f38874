"""boto3: an endpoint with two variants, from its model to the removal of all; needs boto3_jobs.py's model."""

import boto3
from botocore.exceptions import ClientError

from data import ROLE, XGBOOST, csv, numbers, reference, same, table

QUICKLY = {"Delay": 1, "MaxAttempts": 300}
FEATURES = table(20, 4)[:, 1:]


def ask(runtime, **over) -> tuple[list[float], str]:
    answer = runtime.invoke_endpoint(
        EndpointName="boto3-endpoint", ContentType="text/csv", Body=csv(FEATURES).encode(), **over
    )
    return numbers(answer["Body"].read()), answer["InvokedProductionVariant"]


def raise_endpoint(sm) -> None:
    variants = [
        {
            "VariantName": name,
            "ModelName": "boto3-model",
            "InstanceType": "ml.m5.large",
            "InitialInstanceCount": 1,
            "InitialVariantWeight": weight,
        }
        for name, weight in (("blue", 1.0), ("green", 0.0))
    ]
    sm.create_endpoint_config(EndpointConfigName="boto3-config", ProductionVariants=variants)
    sm.create_endpoint(EndpointName="boto3-endpoint", EndpointConfigName="boto3-config")
    sm.get_waiter("endpoint_in_service").wait(EndpointName="boto3-endpoint", WaiterConfig=QUICKLY)


def shift(sm, runtime, model: str) -> None:
    wanted = reference(model, FEATURES)
    answered, variant = ask(runtime)
    same(answered, wanted)
    assert variant == "blue"
    assert ask(runtime, TargetVariant="green")[1] == "green"
    sm.update_endpoint_weights_and_capacities(
        EndpointName="boto3-endpoint",
        DesiredWeightsAndCapacities=[
            {"VariantName": "blue", "DesiredWeight": 0.0},
            {"VariantName": "green", "DesiredWeight": 1.0},
        ],
    )
    sm.get_waiter("endpoint_in_service").wait(EndpointName="boto3-endpoint", WaiterConfig=QUICKLY)
    assert {ask(runtime)[1] for _ in range(5)} == {"green"}


def refusals(sm, runtime) -> None:
    def error(call, **request) -> str:
        try:
            call(**request)
        except ClientError as refused:
            return refused.response["Error"]["Code"]
        raise AssertionError(f"{call} was not refused")

    bad = {"EndpointName": "boto3-endpoint", "ContentType": "text/csv", "Body": b"not,a,number"}
    try:
        runtime.invoke_endpoint(**bad)
        raise AssertionError("was not refused")
    except runtime.exceptions.ModelError as refused:
        assert 400 <= refused.response["OriginalStatusCode"] < 600
    assert error(runtime.invoke_endpoint, EndpointName="nobody", Body=b"1") == "ValidationError"
    assert error(sm.create_endpoint, EndpointName="boto3-endpoint", EndpointConfigName="boto3-config") == (
        "ValidationException"
    )
    assert error(sm.describe_training_job, TrainingJobName="nobody") == "ValidationException"
    assert error(sm.list_models, MaxResults=1, NextToken="made-up") == "ValidationException"
    assert error(sm.create_notebook_instance, NotebookInstanceName="n", InstanceType="ml.t3.medium", RoleArn=ROLE) == (
        "UnsupportedOperationException"
    )
    assert error(sm.describe_transform_job, TransformJobName="nobody") == "ValidationException"


def clean_up(sm) -> None:
    sm.delete_endpoint(EndpointName="boto3-endpoint")
    sm.get_waiter("endpoint_deleted").wait(EndpointName="boto3-endpoint", WaiterConfig=QUICKLY)
    sm.delete_endpoint_config(EndpointConfigName="boto3-config")
    sm.delete_model(ModelName="boto3-model")
    for name, member in (("endpoints", "Endpoints"), ("endpoint_configs", "EndpointConfigs"), ("models", "Models")):
        assert sm.get_paginator(f"list_{name}").paginate().build_full_result().get(member, []) == []


if __name__ == "__main__":
    client, invoker = boto3.client("sagemaker"), boto3.client("sagemaker-runtime")
    raise_endpoint(client)
    container = client.describe_model(ModelName="boto3-model")["PrimaryContainer"]
    assert container["Image"] == XGBOOST
    shift(client, invoker, container["ModelDataUrl"])
    refusals(client, invoker)
    clean_up(client)
