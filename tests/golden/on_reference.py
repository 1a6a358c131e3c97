"""What the NumPy reference computes in float64 for a golden case."""

import numpy as np

from tests.golden.cases import SCOPE
from tests.reference import base_model, objective, released

UNROLL = 3


def float64(tree):
    if isinstance(tree, dict):
        return {name: float64(value) for name, value in tree.items()}
    return np.asarray(tree, np.float64)


def theta_of(case):
    names = {name: name.removeprefix(SCOPE) for name in case.theta}
    return {short: float64(case.theta[name]) for name, short in names.items()}


def phi_of(case, state="base_before"):
    return [base_model.Layer(*map(float64, layer)) for layer in case.phi(state)]


def unrolled(case, theta, phi, steps):
    for step in range(steps):
        phi = released.inner_step(
            theta, phi, float64(case.batch(step)), case.learning_rate, case.activation
        )
    return phi


def objective_of(case, phi):
    support, support_targets = case.meta_batch("train")
    query, query_targets = case.meta_batch("test")
    joint = float64(np.concatenate([support, query]))
    features = base_model.forward(phi, joint, case.activation)[0][-1]
    count = len(support)
    return objective.meta_objective(
        features[:count], support_targets, features[count:], query_targets
    )


def quantities(case):
    """Every kind of tensor that has golden values, in lists."""
    theta, phi = theta_of(case), phi_of(case)
    traced = released.trace(theta, phi, float64(case.batch(0)), case.activation)
    changes = traced["changes"]
    decays = [released.normalised_kernel(layer.kernel) / 7.0 for layer in phi]
    reached = objective_of(case, unrolled(case, theta, phi, UNROLL))
    kinds = {name: list(traced[name]) for name in ("xs", "zs", "d", "h", "delta")}
    return kinds | {
        "terms": [
            term
            for kind in ("terms", "normalized_terms", "readouts")
            for layer in traced[kind]
            for term in layer.values()
        ],
        "change": [
            decay + change.kernel for decay, change in zip(decays, changes, strict=True)
        ],
        "bias_change": [change.bias for change in changes],
        "phi": [
            array
            for steps in (1, 3, 5)
            for layer in unrolled(case, theta, phi, steps)
            for array in layer
        ],
        "objective": [reached.value],
        "losses": [reached.query_loss, reached.support_loss],
        "penalty": [reached.penalty],
        "ridge_weights": [reached.ridge_weights],
    }
