"""Bayesian search: a Gaussian process over what was tried, and where it expects the most improvement."""

from __future__ import annotations

import warnings

import numpy as np
from scipy.stats import norm, qmc
from sklearn.exceptions import ConvergenceWarning
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import ConstantKernel, Matern, WhiteKernel
from threadpoolctl import threadpool_limits

from .tuning_ranges import Range, features_of, values_at
from .tuning_search import Tried

# Points of a space-filling sequence come before the first model.
FIRST_POINTS = 5
CANDIDATES = 1000
NEAR_BEST = 400
# A fit takes the cube of the points' number.
MOST_POINTS = 200
LEAST_NOISE, MOST_NOISE = 1e-8, 1e-1


def likely_better(ranges: list[Range], tried: list[Tried], minimize: bool, seed: int) -> dict[str, str]:
    known = [each for each in tried if each.objective is not None][-MOST_POINTS:]
    if len(tried) < FIRST_POINTS or len(known) < 2:
        halton = qmc.Halton(len(ranges), seed=seed)
        halton.fast_forward(len(tried))
        return values_at(ranges, halton.random(1)[0].tolist())
    generator = np.random.default_rng([seed, len(tried)])
    choices = _candidates(ranges, known, minimize, generator)
    with threadpool_limits(1):
        model, best = _model(ranges, tried, known, minimize, seed)
        mean, deviation = model.predict(
            np.array([features_of(ranges, choice) for choice in choices]), return_std=True
        )
    return choices[int(np.argmax(expected_improvement(mean, deviation, best)))]


def expected_improvement(mean: np.ndarray, deviation: np.ndarray, best: float) -> np.ndarray:
    """Of a value to be minimized (Jones, Schonlau and Welch 1998, equation 15)."""
    spread = np.maximum(deviation, 1e-12)
    gain = best - mean
    return gain * norm.cdf(gain / spread) + spread * norm.pdf(gain / spread)


def _candidates(
    ranges: list[Range], known: list[Tried], minimize: bool, generator: np.random.Generator
) -> list[dict[str, str]]:
    """Points everywhere and points near the best, without those that were tried."""
    points = generator.random((CANDIDATES, len(ranges)))
    best = (min if minimize else max)(known, key=lambda each: each.objective)
    around = np.array([_place(each, best.values[each.name]) for each in ranges])
    steps = generator.normal(0, 1, (NEAR_BEST, len(ranges)))
    near = np.clip(around + steps * generator.choice([0.02, 0.05, 0.15], (NEAR_BEST, 1)), 0, 1)
    choices = [values_at(ranges, point) for point in [*points.tolist(), *near.tolist()]]
    seen = [each.values for each in known]
    return [choice for choice in choices if choice not in seen] or choices


def _place(each: Range, value: str) -> float:
    """Where a value lies between 0 and 1."""
    features = each.features(value)
    return features[0] if each.width == 1 else (features.index(1.0) + 0.5) / each.width


def _model(
    ranges: list[Range], tried: list[Tried], known: list[Tried], minimize: bool, seed: int
) -> tuple[GaussianProcessRegressor, float]:
    """A model of the objective, lower being better, and its best value so far. A trial that failed counts
    as the worst; one under way as what the model expects of it, so that the next looks elsewhere."""
    places = [features_of(ranges, each.values) for each in known]
    objectives = [_lower_is_better(each, minimize) for each in known]
    failed = [each for each in tried if each.failed][-MOST_POINTS:]
    places += [features_of(ranges, each.values) for each in failed]
    objectives += [max(objectives)] * len(failed)
    model = _fitted(places, objectives, seed)
    under_way = [each for each in tried if each.objective is None and not each.failed]
    if under_way:
        pending = [features_of(ranges, each.values) for each in under_way]
        expected = model.predict(np.array(pending)).tolist()
        kernel = model.kernel_
        model = GaussianProcessRegressor(kernel, optimizer=None, normalize_y=True)
        model.fit(np.array(places + pending), np.array(objectives + expected))
    return model, min(objectives)


def _lower_is_better(each: Tried, minimize: bool) -> float:
    assert each.objective is not None
    return each.objective if minimize else -each.objective


def _fitted(places: list[list[float]], objectives: list[float], seed: int) -> GaussianProcessRegressor:
    width = len(places[0])
    kernel = ConstantKernel(1.0, (1e-2, 1e2)) * Matern(
        np.full(width, 0.5), length_scale_bounds=(5e-2, 1e1), nu=2.5
    ) + WhiteKernel(1e-4, (LEAST_NOISE, MOST_NOISE))
    model = GaussianProcessRegressor(
        kernel, normalize_y=True, n_restarts_optimizer=1, random_state=seed % 2**32
    )
    with warnings.catch_warnings():
        # A length scale at its bound says that a hyperparameter does not matter.
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(np.array(places), np.array(objectives))
    return model
