"""SageMaker's Python SDK: one's own script on spot capacity, served from a serverless and an asynchronous endpoint,
registered, and a processing job beside it."""

from pathlib import Path

import boto3
import numpy as np
from sagemaker.async_inference import AsyncInferenceConfig, WaiterConfig
from sagemaker.model_monitor import DataCaptureConfig
from sagemaker.processing import ProcessingInput, ProcessingOutput
from sagemaker.serverless import ServerlessInferenceConfig
from sagemaker.session import Session
from sagemaker.sklearn import SKLearn, SKLearnModel, SKLearnProcessor

from data import BUCKET, ROLE, csv, get, put, put_tables, table

FIT = '''
import argparse, os
import joblib
import numpy as np
from sklearn.linear_model import LogisticRegression

def model_fn(model_dir):
    return joblib.load(os.path.join(model_dir, "model.joblib"))

def predict_fn(rows, model):
    return model.predict_proba(rows)[:, 1]

if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--strength", type=float)
    given = parser.parse_args()
    rows = np.loadtxt(os.path.join(os.environ["SM_CHANNEL_TRAIN"], "rows.csv"), delimiter=",")
    model = LogisticRegression(C=given.strength).fit(rows[:, 1:], rows[:, 0])
    joblib.dump(model, os.path.join(os.environ["SM_MODEL_DIR"], "model.joblib"))
    print(f"train_accuracy={model.score(rows[:, 1:], rows[:, 0]):.4f};")
'''
COUNT = '''
import sys
rows = open("/opt/ml/processing/input/rows.csv").read().splitlines()
open("/opt/ml/processing/output/count.txt", "w").write(f"{sys.argv[1]} {len(rows)}")
'''
FEATURES = table(20, 4)[:, 1:]


def fit(session: Session, train: str) -> SKLearn:
    Path("fit.py").write_text(FIT)
    fitted = SKLearn(
        entry_point="fit.py",
        framework_version="1.2-1",
        role=ROLE,
        instance_type="ml.m5.large",
        hyperparameters={"strength": 1.5},
        metric_definitions=[{"Name": "train:accuracy", "Regex": r"train_accuracy=([0-9.]+);"}],
        use_spot_instances=True,
        max_run=600,
        max_wait=900,
        output_path=f"s3://{BUCKET}/sdk-script/out",
        sagemaker_session=session,
    )
    fitted.fit({"train": train}, logs=False)
    job = fitted.latest_training_job.describe()
    told = {item["MetricName"]: item["Value"] for item in job["FinalMetricDataList"]}
    assert told["train:accuracy"] > 0.8 and job["EnableManagedSpotTraining"], job
    return fitted


def serve(fitted: SKLearn) -> None:
    session = fitted.sagemaker_session
    wanted = fitted.deploy(
        endpoint_name="sdk-live",
        initial_instance_count=1,
        instance_type="ml.m5.large",
        data_capture_config=DataCaptureConfig(True, destination_s3_uri=f"s3://{BUCKET}/sdk-capture"),
        wait=False,
    )
    lone = fitted.deploy(
        endpoint_name="sdk-serverless", serverless_inference_config=ServerlessInferenceConfig(1024, 2), wait=False
    )
    later = fitted.deploy(
        endpoint_name="sdk-async",
        initial_instance_count=1,
        instance_type="ml.m5.large",
        async_inference_config=AsyncInferenceConfig(output_path=f"s3://{BUCKET}/sdk-async/out"),
        wait=False,
    )
    for name in ("sdk-live", "sdk-serverless", "sdk-async"):
        session.wait_for_endpoint(name, poll=1)
    answer = np.asarray(wanted.predict(FEATURES))
    assert answer.shape == (20,) and answer.min() < 0.5 < answer.max(), answer
    np.testing.assert_array_equal(lone.predict(FEATURES), answer)
    quickly = WaiterConfig(max_attempts=60, delay=1)
    np.testing.assert_array_equal(later.predict(data=FEATURES, waiter_config=quickly), answer)
    for predictor in (wanted, lone, later):
        predictor.delete_model()
        predictor.delete_endpoint()


def register(fitted: SKLearn) -> None:
    model: SKLearnModel = fitted.create_model(entry_point="fit.py")
    package = model.register(
        content_types=["text/csv"],
        response_types=["text/csv"],
        inference_instances=["ml.m5.large"],
        transform_instances=["ml.m5.large"],
        model_package_group_name="sdk-group",
        approval_status="Approved",
    )
    described = fitted.sagemaker_session.sagemaker_client.describe_model_package(
        ModelPackageName=package.model_package_arn
    )
    assert described["ModelApprovalStatus"] == "Approved" and described["ModelPackageVersion"] == 1, described


def process(session: Session) -> None:
    Path("count.py").write_text(COUNT)
    processor = SKLearnProcessor(
        framework_version="1.2-1", role=ROLE, instance_type="ml.m5.large", instance_count=1, sagemaker_session=session
    )
    processor.run(
        code="count.py",
        inputs=[ProcessingInput(put("sdk-count/rows.csv", csv(table(30, 5))), "/opt/ml/processing/input")],
        outputs=[ProcessingOutput("/opt/ml/processing/output", f"s3://{BUCKET}/sdk-count/out", "counted")],
        arguments=["rows"],
        logs=False,
    )
    assert get(f"s3://{BUCKET}/sdk-count/out/count.txt") == b"rows 30"


if __name__ == "__main__":
    its = Session(boto3.Session())
    model = fit(its, put_tables("sdk-script")["train"])
    serve(model)
    register(model)
    process(its)
