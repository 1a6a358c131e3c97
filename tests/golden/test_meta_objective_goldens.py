"""The meta-objective against the authors' on eight option sets."""

import keras
import numpy as np
import pytest
from keras import ops

import learned_update as lu
from tests.golden.bounds import bound
from tests.golden.cases import relative_error

pytestmark = pytest.mark.skipif(
    keras.backend.backend() != "tensorflow",
    reason="compares eager and compiled TensorFlow",
)


@pytest.fixture(params=["float32", "float64"])
def dtype(request):
    return request.param


@pytest.fixture(params=[False, True], ids=["eager", "compiled"])
def evaluate(request, objective_case, dtype):
    """Loss, metrics and gradients with respect to both batches' features."""
    import tensorflow as tf

    def gradients(support, support_targets, query, query_targets):
        with tf.GradientTape() as tape:
            tape.watch((support, query))
            loss, metrics = lu.meta_objective(
                support, support_targets, query, query_targets, **objective_case.options
            )
        return loss, metrics, tape.gradient(loss, (support, query))

    function = tf.function(gradients) if request.param else gradients
    return lambda arguments: function(
        *(ops.convert_to_tensor(array, dtype=dtype) for array in arguments)
    )


def test_option_set(objective_case, evaluate, dtype):
    loss, metrics, gradients = evaluate(objective_case.arguments)
    golden = objective_case.arrays
    for name, value, kind in (
        ("J", loss, "losses"),
        ("mse_test", metrics["query_loss"], "losses"),
        ("mse_train", metrics["support_loss"], "losses"),
        ("ridge_component", metrics["penalty"], "penalty"),
        ("ridge_w", metrics["ridge_weights"], "ridge_weights"),
    ):
        error = relative_error(ops.convert_to_numpy(value), golden[name])
        assert error < bound(kind, dtype), name
    for gradient, part in zip(gradients, ("train", "test"), strict=True):
        expected = golden[f"dJ_dfeatures_{part}"]
        error = np.linalg.norm(ops.convert_to_numpy(gradient) - expected)
        limit = bound("objective_gradient", dtype) * np.linalg.norm(expected)
        assert error < limit, part
    for name, stored in (("query", "test"), ("support", "train")):
        accuracy = ops.convert_to_numpy(metrics[f"{name}_accuracy"])
        assert np.isclose(accuracy, golden[f"accuracy_{stored}"]), name
