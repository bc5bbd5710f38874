"""What CreateHyperParameterTuningJob refuses: limits, strategies, and what this server does not do."""

from __future__ import annotations

from typing import Any

from . import tags, training
from .context import Context
from .errors import limit_exceeded, validation
from .progress import definitions_of as metrics_of
from .refusals import refuse
from .state import Doc
from .tuning_definitions import Definition, definitions_of
from .tuning_ranges import ranges_of
from .tuning_range_check import check_ranges
from .tuning_run import MOST_TRIALS
from .tuning_search import Search, combinations
from .tuning_stopping import INFERRED_FROM, LARGEST_RESOURCE, resources

REFUSED = ("WarmStartConfig", "Autotune")
OF_INSTANCE = ("InstanceType", "InstanceCount", "VolumeSizeInGB")
MOST_PARALLEL = 100
MOST_HYPERPARAMETERS = 100
# What a larger value of means a worse model, among what built-in XGBoost reports.
_ERRORS = ("error", "logloss", "mae", "merror", "mlogloss", "mse", "rmse")


def check_tuning_job(ctx: Context, request: Doc) -> None:
    refuse(request, REFUSED, "a tuning job", "Leave it out.")
    tags.check_unique(request.get("Tags", []))
    _check_form(request)
    config = request["HyperParameterTuningJobConfig"]
    definitions = definitions_of(request)
    for definition in definitions:
        _check_objective(definition)
        check_ranges(definition.parameter_ranges, config["Strategy"])
        _check_names(definition)
    _check_strategy(config, definitions)
    _check_limits(config, definitions)
    for definition in definitions:
        first = Search("Random", definition.parameter_ranges, definition.minimize, 0).next([])
        training.check_training_job(ctx, definition.request("trial", first, request.get("Tags", [])))


def _check_form(request: Doc) -> None:
    single, several = request.get("TrainingJobDefinition"), request.get("TrainingJobDefinitions")
    if bool(single) == bool(several):
        raise validation("Specify exactly one of TrainingJobDefinition and TrainingJobDefinitions.")
    config = request["HyperParameterTuningJobConfig"]
    names = [each.get("DefinitionName") for each in several or []]
    for member in ("HyperParameterTuningJobObjective", "ParameterRanges"):
        if several and config.get(member):
            raise validation(
                f"{member} must not be in HyperParameterTuningJobConfig when TrainingJobDefinitions is used:"
                " give TuningObjective and HyperParameterRanges in each training job definition."
            )
    if several and (None in names or len(set(names)) != len(names)):
        raise validation("Each of TrainingJobDefinitions needs a DefinitionName of its own.")
    for given in [single] if single else several or []:
        if bool(given.get("ResourceConfig")) == bool(given.get("HyperParameterTuningResourceConfig")):
            raise validation(
                "Specify exactly one of ResourceConfig and HyperParameterTuningResourceConfig in a training"
                " job definition."
            )
        flexible = given.get("HyperParameterTuningResourceConfig", {})
        both = [member for member in OF_INSTANCE if member in flexible]
        if flexible.get("InstanceConfigs") and both:
            raise validation(f"InstanceConfigs cannot be specified together with {', '.join(both)}.")


def _check_objective(definition: Definition) -> None:
    if not definition.objective:
        raise validation("A HyperParameterTuningJobObjective is required for this hyperparameter tuning job.")
    algorithm = definition.given["AlgorithmSpecification"]
    known = metrics_of({"AlgorithmSpecification": algorithm})
    if definition.metric not in [each["Name"] for each in known]:
        raise validation(
            "A metric is required for this hyperparameter tuning job objective. Provide a metric in the"
            " metric definitions."
        )
    if algorithm.get("MetricDefinitions"):
        return
    wanted = "Minimize" if definition.metric.partition(":")[2] in _ERRORS else "Maximize"
    if definition.objective["Type"] != wanted:
        raise validation(
            f"The objective metric type, [{definition.objective['Type']}], that you specified for objective"
            f" metric, [{definition.metric}], isn't valid for the [{algorithm['TrainingImage']}] algorithm."
            " Choose a valid objective metric type."
        )


def _check_names(definition: Definition) -> None:
    static = definition.given.get("StaticHyperParameters", {})
    tuned = [each.name for each in ranges_of(definition.parameter_ranges)]
    both = sorted(set(static) & set(tuned))
    if both:
        raise validation(
            f"Hyperparameters cannot be both static and tunable; found in both: [{', '.join(both)}]"
        )
    if len(static) + len(tuned) > MOST_HYPERPARAMETERS:
        raise validation(
            f"A training job has at most {MOST_HYPERPARAMETERS} hyperparameters, static and tunable together."
        )


def _check_strategy(config: dict[str, Any], definitions: list[Definition]) -> None:
    hyperband = config["Strategy"] == "Hyperband"
    early = config.get("TrainingJobEarlyStoppingType", "Off") == "Auto"
    if config.get("StrategyConfig", {}).get("HyperbandStrategyConfig") and not hyperband:
        raise validation(
            "HyperbandStrategyConfig should be provided only if Hyperband is selected as the Strategy."
        )
    if hyperband and early:
        raise validation("TrainingJobEarlyStoppingType must be OFF to use Hyperband.")
    if early and len(definitions) > 1:
        raise validation("Early stopping is available only when tuning a single training job definition.")
    if len({definition.objective["Type"] for definition in definitions}) > 1:
        raise validation("The objectives of all training job definitions must have the same Type.")
    for definition in definitions if hyperband else []:
        least, most = resources(config, definition.given.get("StaticHyperParameters", {}))
        if most is None:
            raise validation(
                "MaxResource is required for Hyperband: give it in HyperbandStrategyConfig, or one of"
                f" {', '.join(INFERRED_FROM)} in StaticHyperParameters."
            )
        if not least <= most <= LARGEST_RESOURCE:
            raise validation(
                f"Hyperband's MinResource ({least}) must not exceed MaxResource ({most}), nor that"
                f" {LARGEST_RESOURCE}."
            )


def _check_limits(config: dict[str, Any], definitions: list[Definition]) -> None:
    limits, strategy = config["ResourceLimits"], config["Strategy"]
    jobs = limits.get("MaxNumberOfTrainingJobs")
    if strategy == "Grid":
        total = sum(combinations(each.parameter_ranges) for each in definitions)
        if jobs is not None and jobs != total:
            raise validation(
                "The value of MaxNumberOfTrainingJobs should equal the total number of distinct categorical"
                f" combinations possible, which is {total}; found {jobs}."
            )
        jobs = total
    elif jobs is None and limits.get("MaxRuntimeInSeconds") is None:
        raise validation("MaxNumberOfTrainingJobs or MaxRuntimeInSeconds is required in ResourceLimits.")
    _check_limit("training jobs", jobs or 0, MOST_TRIALS[strategy])
    _check_limit("parallel training jobs", limits["MaxParallelTrainingJobs"], MOST_PARALLEL)


def _check_limit(what: str, wanted: int, most: int) -> None:
    if wanted > most:
        raise limit_exceeded(
            f"The account-level service limit 'Number of {what} per hyperparameter tuning job' is {most},"
            f" with current utilization of 0 and a request delta of {wanted}. Please use AWS Service Quotas"
            " to request an increase for this quota."
        )
