"""Reference values of the steps of preparation, by scikit-learn.

    .venv/bin/python test/reference/preparation.py          # writes preparation.json beside this file
    .venv/bin/python test/reference/preparation.py --check  # compares with what is kept; exit code 1 when they differ

Every case holds the column as rows (null is missing; rows with `fit` are the training part), the plan's words, and what
each row becomes.
"""

from __future__ import annotations

import math
import sys
from pathlib import Path
from typing import Any

import numpy as np
from kept import run
from sklearn.impute import MissingIndicator, SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import (
    MinMaxScaler,
    OneHotEncoder,
    OrdinalEncoder,
    RobustScaler,
    StandardScaler,
    TargetEncoder,
)

KEPT = Path(__file__).with_name("preparation.json")
ROWS, FIT = 400, 300


def columns(random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """A skewed number and a text of few categories, both with gaps; what comes last, training does not see."""
    number = np.round(random.lognormal(1, 1.2, ROWS) * random.choice([-1, 1, 1], ROWS), 4)
    number[random.random(ROWS) < 0.1] = np.nan
    number[:40] = 2.5
    text = random.choice(np.array(["ash", "birch", "elm", "fir", "oak", "yew"], dtype=object), ROWS, p=[0.3, 0.2, 0.2, 0.15, 0.1, 0.05])
    text[random.random(ROWS) < 0.08] = None
    text[FIT:][text[FIT:] == "oak"] = "palm"
    return number[:, None], text[:, None]


def cut(number: np.ndarray, low: float, high: float) -> np.ndarray:
    return np.clip(number, low, high)


def number_cases(number: np.ndarray) -> list[dict[str, Any]]:
    """Each step alone, and clip, impute and scale one after the other."""
    train = number[:FIT]
    low, high = np.nanquantile(train, [0.05, 0.9])
    clipped, bounded = cut(number, low, high), cut(number, -1, 4)

    def given(plan: dict[str, Any], steps: Any, values: np.ndarray = number) -> dict[str, Any]:
        return {"plan": plan, "columns": steps.fit(values[:FIT]).transform(values).T.tolist()}

    imputers = {"median": "median", "mean": "mean", "mode": "most_frequent"}
    scalers = {"standard": StandardScaler(), "min-max": MinMaxScaler(), "robust": RobustScaler()}
    cases = [given({"impute": ours}, SimpleImputer(strategy=theirs)) for ours, theirs in imputers.items()]
    cases += [
        given({"impute": ours, "clip": [0.05, 0.9]}, SimpleImputer(strategy=theirs), clipped)
        for ours, theirs in imputers.items()
    ]
    cases.append(given({"impute": {"constant": -7.25}}, SimpleImputer(strategy="constant", fill_value=-7.25)))
    cases += [given({"impute": "none", "scale": ours}, theirs) for ours, theirs in scalers.items()]
    cases += [
        given(
            {"impute": "median", "clip": {"min": -1, "max": 4}, "scale": ours},
            make_pipeline(SimpleImputer(strategy="median"), theirs),
            bounded,
        )
        for ours, theirs in scalers.items()
    ]
    flags = MissingIndicator().fit(train).transform(number).astype(float)
    cases.append({"plan": {"impute": "none", "indicate": ["x"]}, "columns": [number[:, 0].tolist(), flags[:, 0].tolist()]})
    return cases


def text_cases(text: np.ndarray, labels: dict[str, np.ndarray]) -> list[dict[str, Any]]:
    """Encodings; a missing text is a category of its own for `target`, and stays missing for `ordinal`."""
    train = text[:FIT]
    gaps = np.where(text == None, np.nan, text)  # noqa: E711 (a NumPy array of objects)
    known = text.copy()
    known[known == None] = "missing"  # noqa: E711 (a NumPy array of objects)
    one_hot = OneHotEncoder(categories=[["ash", "birch", "elm", "fir", "oak", "yew"]], handle_unknown="ignore", sparse_output=False)
    ordinal = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=np.nan)
    given = OrdinalEncoder(categories=[["yew", "oak", "ash"]], handle_unknown="use_encoded_value", unknown_value=np.nan)
    mode = SimpleImputer(strategy="most_frequent", missing_values=None)
    filled = mode.fit(train).transform(text)
    cases = [
        {"plan": {"encode": {"x": "one-hot"}}, "columns": one_hot.fit(train).transform(text).T.tolist()},
        {"plan": {"encode": {"x": "ordinal"}}, "columns": ordinal.fit(gaps[:FIT]).transform(gaps).T.tolist()},
        {
            "plan": {"encode": {"x": {"ordinal": ["yew", "oak", "ash"]}}},
            "columns": given.fit(np.array([["yew"], ["oak"], ["ash"]], dtype=object)).transform(text).T.tolist(),
        },
        {
            "plan": {"encode": {"x": "one-hot"}, "impute": {"x": "mode"}},
            "columns": one_hot.fit(filled[:FIT]).transform(filled).T.tolist(),
        },
    ]
    for problem, label in labels.items():
        kind = {"regression": "continuous"}.get(problem, problem)
        encoder = TargetEncoder(target_type=kind, smooth=20.0).fit(known[:FIT], label[:FIT])
        smoothing = {"target": {"smoothing": 20, "folds": 4}}
        # Of training rows scikit-learn draws other folds: theirs are compared by the formula in prepare.test.ts.
        cases.append(
            {
                "plan": {"encode": {"x": smoothing}},
                "problem": problem,
                "label": label.tolist(),
                "columns": encoder.transform(known).T.tolist(),
                "only": "held",
            }
        )
    return cases


def reference() -> dict[str, Any]:
    random = np.random.default_rng(20)
    number, text = columns(random)
    signal = np.array([len(t or "") for t in text[:, 0]], dtype=float)
    labels = {
        "binary": (signal + random.normal(0, 1.5, ROWS) > 3.4).astype(float),
        "multiclass": np.array(["a", "b", "c"], dtype=object)[np.clip(signal + random.normal(0, 1.2, ROWS) - 2, 0, 2.99).astype(int)],
        "regression": signal * 3 + random.normal(0, 4, ROWS),
    }
    return {
        "fit": FIT,
        "number": {"rows": number[:, 0].tolist(), "cases": number_cases(number)},
        "text": {"rows": text[:, 0].tolist(), "cases": text_cases(text, labels)},
    }


def without_nan(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: without_nan(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [without_nan(inner) for inner in value]
    return None if isinstance(value, float) and math.isnan(value) else value


if __name__ == "__main__":
    sys.exit(run(KEPT, without_nan(reference()), sys.argv))
