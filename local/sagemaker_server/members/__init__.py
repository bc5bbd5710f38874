"""What becomes of each member of each request: one table, which docs/laptop-sagemaker-members.md shows and
test/sagemaker/members.test.ts holds to the server."""

from __future__ import annotations

from glue_jobs.members import GLUE

from ..model import service
from ..statuses import Row, Tree, rows
from .endpoints import ENDPOINTS
from .jobs import JOBS
from .models import MODELS
from .others import OTHERS
from .scaling import RUNTIME, SCALING
from .training import TRAINING
from .tuning import TUNING

__all__ = ["MEMBERS", "Row", "members_of"]
# By the service's name in botocore, and by operation.
MEMBERS: dict[str, dict[str, Tree]] = {
    "sagemaker": {**TRAINING, **TUNING, **JOBS, **MODELS, **ENDPOINTS, **OTHERS},
    "sagemaker-runtime": RUNTIME,
    "application-autoscaling": SCALING,
    "glue": GLUE,
}


def members_of(speaks: str, operation: str) -> list[Row]:
    """All input members of an operation. Raises LookupError when table and model differ."""
    shape = service(speaks).operation_model(operation).input_shape
    try:
        return rows(shape, MEMBERS[speaks][operation])
    except LookupError as error:
        raise LookupError(f"{operation}: {error.args[0]}") from error
