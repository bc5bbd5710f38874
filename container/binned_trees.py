"""scikit-learn's histogram trees as XGBoost's: the same splits, over numbers of bins instead of values."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from lean_xgboost import lean_xgboost

xgb = lean_xgboost()

LEAF = -1
NO_PARENT = 2**31 - 1


def numbered(nodes: np.ndarray) -> dict[str, Any]:
    """A tree of scikit-learn's as plain lists, a node each, level by level: siblings stand side by side.

    `left` is the number of the left child (the right one follows it), -1 in a leaf; `value` is a leaf's
    answer, else the last bin that goes left; `rows` is how many training rows came by, which contributions
    are weighed by.
    """
    order = [0]
    for at in order:
        if not nodes[at]["is_leaf"]:
            order += [int(nodes[at]["left"]), int(nodes[at]["right"])]
    place = np.zeros(len(nodes), dtype=np.int64)
    place[order] = np.arange(len(order))
    sorted_nodes = nodes[order]
    leaf = sorted_nodes["is_leaf"].astype(bool)
    return {
        "left": np.where(leaf, LEAF, place[sorted_nodes["left"]]).tolist(),
        "feature": np.where(leaf, 0, sorted_nodes["feature_idx"]).tolist(),
        "value": np.where(leaf, sorted_nodes["value"], sorted_nodes["bin_threshold"]).tolist(),
        "missing_left": sorted_nodes["missing_go_to_left"].astype(int).tolist(),
        "rows": sorted_nodes["count"].astype(int).tolist(),
    }


def booster_of(trees: Sequence[Mapping[str, Any]], outputs: int, features: int) -> xgb.Booster:
    """XGBoost's predictor of the sum of `trees`, of which `outputs` make a round; ask it for margins."""
    several = outputs > 1
    objective = {"name": "multi:softprob", "softmax_multiclass_param": {"num_class": str(outputs)}}
    model = {
        "gbtree_model_param": {"num_parallel_tree": "1", "num_trees": str(len(trees))},
        "iteration_indptr": list(range(0, len(trees) + 1, outputs)),
        "tree_info": [at % outputs for at in range(len(trees))],
        "trees": [_tree(at, each, features) for at, each in enumerate(trees)],
    }
    learner = {
        "attributes": {},
        "feature_names": [],
        "feature_types": [],
        "gradient_booster": {"name": "gbtree", "model": model},
        "learner_model_param": {
            "base_score": "0E0",
            "boost_from_average": "0",
            "num_class": str(outputs if several else 0),
            "num_feature": str(features),
            "num_target": "1",
        },
        "objective": objective
        if several
        else {"name": "reg:squarederror", "reg_loss_param": {"scale_pos_weight": "1"}},
    }
    booster = xgb.Booster()
    booster.load_model(bytearray(json.dumps({"learner": learner, "version": [3, 0, 0]}).encode()))
    booster.set_param({"nthread": 1})
    return booster


def _tree(number: int, tree: Mapping[str, Any], features: int) -> dict[str, Any]:
    left = np.array(tree["left"])
    inner = left != LEAF
    parents = np.full(left.size, NO_PARENT)
    parents[left[inner]] = parents[left[inner] + 1] = np.flatnonzero(inner)
    nothing = [0.0] * left.size
    return {
        "base_weights": nothing,
        "categories": [],
        "categories_nodes": [],
        "categories_segments": [],
        "categories_sizes": [],
        "default_left": tree["missing_left"],
        "id": number,
        "left_children": left.tolist(),
        "loss_changes": nothing,
        "parents": parents.tolist(),
        "right_children": np.where(inner, left + 1, LEAF).tolist(),
        # XGBoost goes left below the value, scikit-learn up to it.
        "split_conditions": (np.array(tree["value"]) + 0.5 * inner).tolist(),
        "split_indices": tree["feature"],
        "split_type": [0] * left.size,
        "sum_hessian": [float(rows) for rows in tree.get("rows", nothing)],
        "tree_param": {
            "num_deleted": "0",
            "num_feature": str(features),
            "num_nodes": str(left.size),
            "size_leaf_vector": "1",
        },
    }
