"""The operations on model packages and their groups: the registry."""

from __future__ import annotations

import time
from typing import Any

from . import images, tags
from .arns import arn, name_of
from .context import Context
from .errors import conflict, refused, validation
from .listing import page
from .model_cards import metadata_only
from .refusals import refuse
from .state import Doc

GROUP = "model-package-group"
PACKAGE = "model-package"
REFUSED = (
    "ModelPackageName",
    "SourceAlgorithmSpecification",
    "ValidationSpecification",
    "CertifyForMarketplace",
    "AdditionalInferenceSpecifications",
    "SecurityConfig",
    "ManagedStorageType",
)
REFUSED_OF_GROUP = ("ManagedConfiguration",)
REFUSED_OF_UPDATE = ("AdditionalInferenceSpecificationsToAdd",)


def create_model_package_group(ctx: Context, request: dict[str, Any]) -> dict[str, Any]:
    name = request["ModelPackageGroupName"]
    group_arn = arn(ctx.settings, GROUP, name)
    tags.check_unique(request.get("Tags", []))
    refuse(request, REFUSED_OF_GROUP, "a model package group")
    group: Doc = {
        "ModelPackageGroupName": name,
        "ModelPackageGroupArn": group_arn,
        "ModelPackageGroupDescription": request.get("ModelPackageGroupDescription"),
        "CreationTime": time.time(),
        "CreatedBy": {},
        "ModelPackageGroupStatus": "Completed",
        "_last": 0,
    }
    if not tags.insert(ctx, GROUP, name, group, group_arn, request.get("Tags", [])):
        raise validation(f"Model Package Group already exists: {group_arn}")
    return {"ModelPackageGroupArn": group_arn}


def describe_model_package_group(ctx: Context, request: dict[str, Any]) -> dict[str, Any]:
    return _group(ctx, request["ModelPackageGroupName"])


def list_model_package_groups(ctx: Context, request: dict[str, Any]) -> dict[str, Any]:
    # Nobody shares groups with a laptop.
    found = [] if request.get("CrossAccountFilterOption") == "CrossAccount" else ctx.state.all(GROUP)
    own = ("CrossAccountFilterOption",)
    groups, token = page(found, request, "ModelPackageGroupName", order="Ascending", own=own)
    return {"ModelPackageGroupSummaryList": groups, "NextToken": token}


def delete_model_package_group(ctx: Context, request: dict[str, Any]) -> dict[str, Any]:
    with ctx.state.locked():
        group = _group(ctx, request["ModelPackageGroupName"])
        if _versions(ctx, group["ModelPackageGroupName"]):
            raise conflict(
                f"Model Package Group {group['ModelPackageGroupArn']} cannot be deleted: it has Model"
                " Packages; delete"
                " them first."
            )
        tags.delete(ctx, GROUP, group["ModelPackageGroupName"], group["ModelPackageGroupArn"])
    return {}


def create_model_package(ctx: Context, request: dict[str, Any]) -> dict[str, Any]:
    refuse(request, REFUSED, "a model package", "Create versions in a ModelPackageGroup.")
    if not request.get("ModelPackageGroupName"):
        raise validation("A model package needs ModelPackageGroupName.")
    # AWS keeps the tags of a versioned package on its group.
    if request.get("Tags"):
        raise validation(
            "Tags cannot be provided when creating a versioned model package; tag its group instead."
        )
    inference = request.get("InferenceSpecification")
    _check_inference(ctx, inference)
    token = request.get("ClientToken")
    with ctx.state.locked():
        group = _group(ctx, name_of(request["ModelPackageGroupName"]))
        again = token and next((each for each in ctx.state.all(PACKAGE) if each.get("_token") == token), None)
        if again:
            return {"ModelPackageArn": again["ModelPackageArn"]}
        version = group["_last"] + 1
        name = group["ModelPackageGroupName"]
        package_arn = f"{arn(ctx.settings, PACKAGE, name)}/{version}"
        now = time.time()
        package: Doc = {
            "ModelApprovalStatus": "PendingManualApproval",
            "ModelPackageRegistrationType": "Registered",
            "SkipModelValidation": "None",
            **{key: value for key, value in request.items() if key not in ("Tags", "ClientToken")},
            "ModelPackageName": name,
            "ModelPackageGroupName": name,
            "ModelPackageVersion": version,
            "ModelPackageArn": package_arn,
            "CreationTime": now,
            "LastModifiedTime": now,
            "CreatedBy": {},
            "CertifyForMarketplace": False,
            "ModelPackageStatus": "Completed",
            "ModelPackageStatusDetails": {"ValidationStatuses": [], "ImageScanStatuses": []},
            "_token": token,
        }
        ctx.state.put(PACKAGE, package_arn, package)
        ctx.state.update(GROUP, name, lambda doc: doc.update(_last=version))
    return {"ModelPackageArn": package_arn}


def describe_model_package(ctx: Context, request: dict[str, Any]) -> dict[str, Any]:
    package = get_package(ctx, request["ModelPackageName"])
    return metadata_only(package) if request.get("IncludedData") == "MetadataOnly" else package


def list_model_packages(ctx: Context, request: dict[str, Any]) -> dict[str, Any]:
    wanted = request.get("ModelPackageGroupName")
    group = _group(ctx, name_of(wanted))["ModelPackageGroupName"] if wanted else None
    approval = request.get("ModelApprovalStatus")
    # Every package here is a version of a group.
    unversioned = request.get("ModelPackageType", "Versioned" if group else "Unversioned") == "Unversioned"

    def keep(package: Doc) -> bool:
        return (not group or package["ModelPackageGroupName"] == group) and (
            not approval or package["ModelApprovalStatus"] == approval
        )

    found = [] if unversioned else ctx.state.all(PACKAGE)
    own = ("ModelPackageGroupName", "ModelApprovalStatus", "ModelPackageType")
    packages, token = page(found, request, "ModelPackageName", order="Ascending", keep=keep, own=own)
    # Summaries name a versioned package by its group and version only.
    shown = [{key: value for key, value in each.items() if key != "ModelPackageName"} for each in packages]
    return {"ModelPackageSummaryList": shown, "NextToken": token}


def update_model_package(ctx: Context, request: dict[str, Any]) -> dict[str, Any]:
    refuse(request, REFUSED_OF_UPDATE, "a model package")
    _check_inference(ctx, request.get("InferenceSpecification"))
    package = get_package(ctx, request["ModelPackageArn"])
    drop = request.get("CustomerMetadataPropertiesToRemove", [])
    changed = {
        key: value
        for key, value in request.items()
        if key
        not in (
            "ModelPackageArn",
            "CustomerMetadataProperties",
            "CustomerMetadataPropertiesToRemove",
            "ClientToken",
        )
    }

    def change(doc: Doc) -> None:
        properties = {
            **doc.get("CustomerMetadataProperties", {}),
            **request.get("CustomerMetadataProperties", {}),
        }
        kept = {key: value for key, value in properties.items() if key not in drop}
        doc.update({**changed, "LastModifiedBy": {}})
        if kept or "CustomerMetadataProperties" in doc:
            doc["CustomerMetadataProperties"] = kept

    ctx.state.update(PACKAGE, package["ModelPackageArn"], change)
    return {"ModelPackageArn": package["ModelPackageArn"]}


def delete_model_package(ctx: Context, request: dict[str, Any]) -> dict[str, Any]:
    package = get_package(ctx, request["ModelPackageName"])
    ctx.state.delete(PACKAGE, package["ModelPackageArn"])
    return {}


def get_package(ctx: Context, name: str) -> Doc:
    """By ARN, or by <group>/<version>."""
    package_arn = arn(ctx.settings, PACKAGE, name_of(name))
    package = ctx.state.get(PACKAGE, package_arn)
    if not package:
        raise validation(f"ModelPackage {package_arn} does not exist.")
    return package


def _group(ctx: Context, name: str) -> Doc:
    group = ctx.state.get(GROUP, name_of(name))
    if not group:
        raise validation(f"ModelPackageGroup {arn(ctx.settings, GROUP, name_of(name))} does not exist.")
    return group


def _versions(ctx: Context, group: str) -> list[Doc]:
    return [each for each in ctx.state.all(PACKAGE) if each["ModelPackageGroupName"] == group]


def _check_inference(ctx: Context, inference: Doc | None) -> None:
    for container in (inference or {}).get("Containers", []):
        image = container.get("Image")
        if image and images.repository(image) is None:
            raise validation(f"Invalid image URI {image}. Give a path in Amazon Elastic Container Registry.")
        uri = container.get("ModelDataUrl")
        if uri and not ctx.objects.at_once.exists(uri):
            raise validation(f"Could not find model data at {uri}.")
