"""SageMaker's Python SDK: HyperparameterTuner.fit, its trials, its best one, and what that serves."""

import boto3
from sagemaker.inputs import TrainingInput
from sagemaker.session import Session
from sagemaker.tuner import ContinuousParameter, HyperparameterTuner, IntegerParameter, WarmStartConfig, WarmStartTypes

from botocore.exceptions import ClientError
from data import BUCKET, auc, put_tables, reference, table
from sdk_estimator import estimator

RANGES = {"max_depth": IntegerParameter(1, 6), "eta": ContinuousParameter(0.05, 0.5, scaling_type="Logarithmic")}


def tuner(session: Session, **more) -> HyperparameterTuner:
    return HyperparameterTuner(
        estimator(session, hyperparameters={"objective": "binary:logistic", "num_round": "8"}),
        objective_metric_name="validation:auc",
        hyperparameter_ranges=RANGES,
        objective_type="Maximize",
        max_jobs=4,
        max_parallel_jobs=2,
        base_tuning_job_name="sdk-tune",
        **more,
    )


def tune(session: Session, inputs: dict[str, TrainingInput]) -> HyperparameterTuner:
    tuned = tuner(session, strategy="Bayesian", random_seed=7)
    tuned.fit(inputs)
    job = tuned.describe()
    assert job["HyperParameterTuningJobStatus"] == "Completed", job
    assert sum(job["TrainingJobStatusCounters"].values()) == 4, job["TrainingJobStatusCounters"]
    return tuned


def judge(tuned: HyperparameterTuner) -> None:
    trials = tuned.analytics().dataframe()
    assert list(trials["TrainingJobStatus"]) == ["Completed"] * 4, trials.to_string()
    assert trials["max_depth"].between(1, 6).all() and trials["eta"].between(0.05, 0.5).all(), trials
    best = trials.set_index("TrainingJobName").loc[tuned.best_training_job()]
    assert best["FinalObjectiveValue"] == trials["FinalObjectiveValue"].max(), trials.to_string()

    attached = tuned.best_estimator()
    assert attached.hyperparameters()["max_depth"] == str(int(best["max_depth"])), attached.hyperparameters()
    validation = table(200, 2)
    measured = auc(validation[:, 0], reference(attached.model_data, validation[:, 1:]))
    assert abs(best["FinalObjectiveValue"] - measured) < 1e-4, (best, measured)


def refuse_warm_start(session: Session, parent: str, inputs: dict[str, TrainingInput]) -> None:
    warm = WarmStartConfig(WarmStartTypes.TRANSFER_LEARNING, {parent})
    try:
        tuner(session, warm_start_config=warm).fit(inputs, wait=False, job_name="sdk-warm")
        raise AssertionError("was not refused")
    except ClientError as refused:
        assert "WarmStartConfig" in str(refused), refused


if __name__ == "__main__":
    its = Session(boto3.Session())
    uris = put_tables("sdk-tune")
    given = {name: TrainingInput(uris[name], content_type="text/csv") for name in ("train", "validation")}
    found = tune(its, given)
    judge(found)
    refuse_warm_start(its, found.latest_tuning_job.name, given)
