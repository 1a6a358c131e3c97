"""The NumPy reference against the golden tensors, so that it can judge the package.

Every bound is the float32 noise of the golden tensors themselves.
"""

import numpy as np
import pytest

from tests.golden.bounds import NOISE
from tests.golden.cases import SCOPE, relative_error
from tests.golden.on_reference import (
    UNROLL,
    float64,
    objective_of,
    phi_of,
    theta_of,
    unrolled,
)
from tests.reference import objective, released

THETA_STEP = 2e-7  # of central differences
FEATURE_STEP = 1e-5


def check_objective_parts(reached, expected, prefix=""):
    for name, kind, value in (
        ("mse_test", "losses", reached.query_loss),
        ("mse_train", "losses", reached.support_loss),
        ("ridge_component", "penalty", reached.penalty),
        ("ridge_w", "ridge_weights", reached.ridge_weights),
    ):
        assert relative_error(value, expected[prefix + name]) < NOISE[kind], name


def test_intermediates(case):
    traced = released.trace(
        theta_of(case), phi_of(case), float64(case.batch(0)), case.activation
    )
    errors = {name: [] for name in ("xs", "zs", "d", "h", "delta")}
    for level in range(case.depth + 1):
        for name, stored in (("d", "d_in"), ("h", "h"), ("delta", "delta")):
            expected = case.of_level(stored, level)
            errors[name].append(relative_error(traced[name][level], expected))
        expected = case.arrays[f"step0/x/{level}"]
        errors["xs"].append(relative_error(traced["xs"][level], expected))
    for layer in range(case.depth):
        expected = case.arrays[f"step0/z/{layer}"]
        errors["zs"].append(relative_error(traced["zs"][layer], expected))
    assert {n: max(e) for n, e in errors.items() if max(e) > NOISE[n]} == {}


def test_terms_and_changes(case):
    phi = phi_of(case)
    traced = released.trace(
        theta_of(case), phi, float64(case.batch(0)), case.activation
    )
    for layer in range(case.depth):
        pairs = (("term", "terms"), ("term_normalized", "normalized_terms"))
        for stored, kind in pairs:
            expected = case.terms(stored, layer)
            assert set(expected) == set(traced[kind][layer])
            for name, term in traced[kind][layer].items():
                assert relative_error(term, expected[name]) < NOISE["terms"], name
        for name, readout in traced["readouts"][layer].items():
            stored_name = released.READOUT_NAMES.get(name, name)
            expected = case.low_rank(layer)[stored_name]
            assert relative_error(readout, expected) < NOISE["terms"], name
        change = traced["changes"][layer]
        decay = case.terms("term", layer)["w_base"] / 7.0
        expected = case.of_layer("change_w/forward", layer)
        learned = released.normalised_kernel(phi[layer].kernel) / 7.0 + change.kernel
        assert relative_error(learned, expected + decay) < NOISE["change"]
        expected = case.of_layer("change_b", layer)
        assert relative_error(change.bias, expected) < NOISE["bias_change"]


@pytest.mark.parametrize("steps", [1, 3, 5])
def test_steps(case, steps):
    phi = unrolled(case, theta_of(case), phi_of(case), steps)
    for reached, expected in zip(phi, case.phi(f"base_after{steps}"), strict=True):
        for array, golden in zip(reached, expected, strict=True):
            assert relative_error(array, golden) < NOISE["phi"]


def test_objective(case):
    phi = unrolled(case, theta_of(case), phi_of(case), UNROLL)
    reached = objective_of(case, phi)
    expected = case.arrays
    assert relative_error(reached.value, expected["meta/J"]) < NOISE["objective"]
    check_objective_parts(reached, expected, "meta/")


def test_meta_gradient(case):
    """Along every variable's golden gradient, the central difference is its norm."""
    theta, phi = theta_of(case), phi_of(case)

    def value(changed):
        return objective_of(case, unrolled(case, theta | changed, phi, UNROLL)).value

    differences = {}
    for scoped, gradient in case.theta_gradient.items():
        name = scoped.removeprefix(SCOPE)
        norm = np.linalg.norm(gradient.astype(np.float64))
        direction = float64(gradient) / norm
        ahead = value({name: theta[name] + THETA_STEP * direction})
        behind = value({name: theta[name] - THETA_STEP * direction})
        differences[name] = (ahead - behind) / (2 * THETA_STEP) - norm, norm
    largest = max(norm for _, norm in differences.values())
    worst = max(abs(difference) for difference, _ in differences.values())
    assert worst < NOISE["meta_gradient_norm"] * largest


def test_objective_options(objective_case):
    arguments = [float64(array) for array in objective_case.arguments]
    reached = objective.meta_objective(*arguments, **objective_case.options)
    expected = objective_case.arrays
    assert relative_error(reached.value, expected["J"]) < NOISE["losses"]
    check_objective_parts(reached, expected)
    assert relative_error(reached.support_targets, expected["y_train"]) < 5e-7
    assert np.isclose(reached.query_accuracy, expected["accuracy_test"])
    assert np.isclose(reached.support_accuracy, expected["accuracy_train"])


def test_objective_gradients(objective_case):
    """Central differences along random directions of both batches' features."""
    arguments = [float64(array) for array in objective_case.arguments]
    rng = np.random.default_rng(0)
    for position, part in ((0, "train"), (2, "test")):
        gradient = float64(objective_case.arrays[f"dJ_dfeatures_{part}"])
        for _ in range(5):
            direction = rng.normal(size=gradient.shape)
            values = []
            for sign in (1, -1):
                moved = list(arguments)
                moved[position] = moved[position] + sign * FEATURE_STEP * direction
                values.append(
                    objective.meta_objective(*moved, **objective_case.options).value
                )
            difference = (values[0] - values[1]) / (2 * FEATURE_STEP)
            scale = np.linalg.norm(gradient) * np.linalg.norm(direction)
            assert (
                abs(difference - np.sum(gradient * direction))
                < NOISE["objective_gradient"] * scale
            )
