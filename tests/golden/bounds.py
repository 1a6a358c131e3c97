"""How far a program may be from the golden tensors.

The golden tensors are float32 results of the authors' graph. `NOISE` is how far an
exact program is from them: largest error over largest value, measured with a float64
program, so that float64 is held to `NOISE` alone. A float32 program is held to
`NOISE` and its own error, for which `rounding` gives a bound (`tests/arithmetic.py`).
"""

import functools

import keras
import numpy as np

from tests.arithmetic import GROWTH, ROUND_OFF, float32_bounds, rounded_at_random
from tests.golden.on_reference import float64, quantities

NOISE = {
    "xs": 1e-6,
    "zs": 1e-6,
    "d": 1.5e-5,
    "h": 3e-5,
    "delta": 3e-5,
    "terms": 3e-5,
    "change": 5.5e-6,  # of change_w + w / 7, the learned part
    "bias_change": 3e-5,
    "phi": 1e-6,
    "objective": 3e-7,
    "losses": 5e-7,
    "penalty": 1e-6,
    "ridge_weights": 1e-5,  # the authors invert explicitly
    "objective_gradient": 1e-5,  # norm of the error over the norm
    "meta_gradient_norm": 9.5e-6,  # error of a norm over the largest norm of all
    "meta_gradient": 1.5e-5,  # norm of the error over the largest norm of all
}


def bound(name, setting):
    """Bound on the relative error of a kind of tensor, by NOISE's measure of it."""
    own = 0.0 if setting.dtype == "float64" else rounding(setting.case)[name]
    return NOISE[name] + own


@functools.cache
def rounding(case):
    """Bounds on the relative errors of float32, by kind of tensor."""
    exact, bounds = float32_bounds(
        lambda arrays: quantities(case.with_arrays(arrays)), float64(case.arguments)
    )

    def relative(value, limit):
        return float(limit / np.abs(value).max())

    relative = keras.tree.map_structure(relative, exact, bounds)
    return {name: max(each) for name, each in relative.items()}


def rounding_of_gradients(setting):
    """Bounds on the relative errors of float32 of dJ/dtheta and of dJ/dphi.

    Args:
        setting: `Setting` of float64.
    """
    rng = np.random.default_rng(0)
    moved = setting.of_case(
        setting.case.with_arrays(
            rounded_at_random(float64(setting.case.arguments), rng)
        )
    )
    return [
        GROWTH * (max(errors_of_norm(other, exact).values()) + ROUND_OFF)
        for exact, other in zip(setting.gradients, moved.gradients, strict=True)
    ]


def errors_of_norm(actual, expected):
    """Norm of the error of each named array over the largest norm of all."""
    largest = max(np.linalg.norm(array) for array in expected.values())
    return {
        name: np.linalg.norm(np.ravel(array) - np.ravel(expected[name])) / largest
        for name, array in actual.items()
    }
