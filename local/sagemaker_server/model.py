"""The service's own description, as botocore carries it."""

from __future__ import annotations

from functools import lru_cache

from botocore.loaders import Loader
from botocore.model import ServiceModel


@lru_cache(maxsize=None)
def service(name: str) -> ServiceModel:
    """`sagemaker`, `sagemaker-runtime`, `application-autoscaling` or `glue`."""
    return ServiceModel(Loader().load_service_model(name, "service-2"), name)


@lru_cache(maxsize=None)
def operation_names() -> frozenset[str]:
    """Of all that is spoken here."""
    names = ("sagemaker", "sagemaker-runtime", "application-autoscaling", "glue")
    return frozenset(each for name in names for each in service(name).operation_names)
