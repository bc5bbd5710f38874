"""SageMaker's Python SDK: Estimator.fit, deploy, transformer and attach, on built-in XGBoost; nothing is patched."""

import boto3
from sagemaker import image_uris
from sagemaker.deserializers import CSVDeserializer
from sagemaker.estimator import Estimator
from sagemaker.exceptions import UnexpectedStatusException
from sagemaker.inputs import TrainingInput
from sagemaker.serializers import CSVSerializer
from sagemaker.session import Session

from data import BUCKET, HYPERPARAMETERS, ROLE, auc, csv, get, keys, numbers, put_tables, reference, same, table

FEATURES = table(20, 4)[:, 1:]
IMAGE = image_uris.retrieve("xgboost", "us-east-1", "1.7-1")


def estimator(session: Session, **over) -> Estimator:
    return Estimator(
        image_uri=IMAGE,
        role=ROLE,
        instance_count=1,
        instance_type="ml.m5.large",
        output_path=f"s3://{BUCKET}/sdk/out",
        hyperparameters=over.pop("hyperparameters", HYPERPARAMETERS),
        sagemaker_session=session,
        **over,
    )


def fit(session: Session, uris: dict[str, str]) -> Estimator:
    fitted = estimator(session, base_job_name="sdk", tags=[{"Key": "team", "Value": "ops"}])
    fitted.fit({name: TrainingInput(uris[name], content_type="text/csv") for name in ("train", "validation")})
    job = fitted.latest_training_job.describe()
    assert job["TrainingJobStatus"] == "Completed" and job["BillableTimeInSeconds"] > 0, job

    validation = table(200, 2)
    measured = auc(validation[:, 0], reference(fitted.model_data, validation[:, 1:]))
    told = {item["MetricName"]: item["Value"] for item in job["FinalMetricDataList"]}
    assert abs(told["validation:auc"] - measured) < 1e-4, (told, measured)
    again = Estimator.attach(fitted.latest_training_job.name, sagemaker_session=session)
    assert again.model_data == fitted.model_data and again.hyperparameters()["max_depth"] == "3"
    return fitted


def deploy(fitted: Estimator) -> None:
    predictor = fitted.deploy(
        initial_instance_count=1,
        instance_type="ml.m5.large",
        endpoint_name="sdk-endpoint",
        serializer=CSVSerializer(),
        deserializer=CSVDeserializer(),
        wait=False,
    )
    session = fitted.sagemaker_session
    session.wait_for_endpoint("sdk-endpoint", poll=1)
    answer = predictor.predict(FEATURES)
    same([float(cell) for row in answer for cell in row], reference(fitted.model_data, FEATURES))
    config = session.sagemaker_client.describe_endpoint(EndpointName="sdk-endpoint")["EndpointConfigName"]
    predictor.delete_model()
    predictor.delete_endpoint()
    gone = session.sagemaker_client.list_endpoint_configs(NameContains=config)["EndpointConfigs"]
    assert gone == [], gone


def transform(fitted: Estimator, uris: dict[str, str]) -> None:
    transformer = fitted.transformer(1, "ml.m5.large", output_path=f"s3://{BUCKET}/sdk/scored", assemble_with="Line")
    transformer.transform(uris["test"], content_type="text/csv", split_type="Line", wait=False)
    transformer.wait(logs=False)
    assert keys(transformer.output_path) == ["rows.csv.out"]
    scored = numbers(get(f"{transformer.output_path}/rows.csv.out"))
    same(scored, reference(fitted.model_data, table(50, 3)[:, 1:]))
    transformer.delete_model()


def fail(session: Session, uris: dict[str, str]) -> None:
    wrong = estimator(session, hyperparameters={"objective": "binary:logistic", "num_round": "no"})
    try:
        wrong.fit({"train": TrainingInput(uris["train"], content_type="text/csv")}, logs=False)
        raise AssertionError("was not refused")
    except UnexpectedStatusException as refused:
        assert refused.actual_status == "Failed" and "num_round" in str(refused), refused


if __name__ == "__main__":
    its = Session(boto3.Session())
    tables = put_tables("sdk")
    model = fit(its, tables)
    deploy(model)
    transform(model, tables)
    fail(its, tables)
