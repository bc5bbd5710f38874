"""The service's own description, as botocore carries it."""

from __future__ import annotations

from functools import lru_cache

from botocore.loaders import Loader
from botocore.model import ServiceModel


@lru_cache(maxsize=None)
def service(name: str) -> ServiceModel:
    """`sagemaker` or `sagemaker-runtime`."""
    return ServiceModel(Loader().load_service_model(name, "service-2"), name)
