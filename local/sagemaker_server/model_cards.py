"""The embedded model card as DescribeModelPackage shows it without its protected content."""

from __future__ import annotations

import json
from typing import Any

from .state import Doc

# What API_DescribeModelPackage lists for MetadataOnly.
_KEPT = {
    "model_overview": ("model_id", "model_name"),
    "intended_uses": ("risk_rating",),
    "model_package_details": ("model_package_group_name", "model_package_arn"),
}


def metadata_only(package: Doc) -> Doc:
    card = package.get("ModelCard")
    if not card:
        return package
    return {**package, "ModelCard": {**card, "ModelCardContent": _sanitized(card["ModelCardContent"])}}


def _sanitized(content: str) -> str:
    try:
        card = json.loads(content)
    except ValueError:
        card = None
    parts: dict[str, Any] = card if isinstance(card, dict) else {}
    kept = {
        part: {name: parts[part][name] for name in names if name in parts[part]}
        for part, names in _KEPT.items()
        if isinstance(parts.get(part), dict)
    }
    return json.dumps({part: found for part, found in kept.items() if found})
