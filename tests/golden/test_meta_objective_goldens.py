"""The meta-objective against the authors' on eight option sets."""

import functools

import keras
import numpy as np
import pytest
from keras import ops

import learned_update as lu
from tests.arithmetic import as_numpy, float32_bounds
from tests.golden.bounds import NOISE

pytestmark = pytest.mark.skipif(
    keras.backend.backend() != "tensorflow",
    reason="compares eager and compiled TensorFlow",
)


KINDS = {  # of NOISE
    "J": "losses",
    "mse_test": "losses",
    "mse_train": "losses",
    "ridge_component": "penalty",
    "ridge_w": "ridge_weights",
    "dJ_dfeatures_train": "objective_gradient",
    "dJ_dfeatures_test": "objective_gradient",
}


def evaluation(options, dtype, compiled=False):
    """Function of the features and targets of both batches.

    It gives losses, weights and gradients by the names of the golden ones, and the
    accuracies.
    """
    import tensorflow as tf

    def evaluate(support, support_targets, query, query_targets):
        with tf.GradientTape() as tape:
            tape.watch((support, query))
            loss, metrics = lu.meta_objective(
                support, support_targets, query, query_targets, **options
            )
        by_support, by_query = tape.gradient(loss, (support, query))
        values = {
            "J": loss,
            "mse_test": metrics["query_loss"],
            "mse_train": metrics["support_loss"],
            "ridge_component": metrics["penalty"],
            "ridge_w": metrics["ridge_weights"],
            "dJ_dfeatures_train": by_support,
            "dJ_dfeatures_test": by_query,
        }
        names = {"accuracy_test": "query", "accuracy_train": "support"}
        return values, {n: metrics[f"{part}_accuracy"] for n, part in names.items()}

    function = tf.function(evaluate) if compiled else evaluate
    return lambda *arguments: as_numpy(
        function(*(ops.convert_to_tensor(array, dtype=dtype) for array in arguments))
    )


@functools.cache
def rounding(case):
    """Bounds on the errors of float32."""
    evaluate = evaluation(case.options, "float64")
    arguments = [np.asarray(array, "float64") for array in case.arguments]
    return float32_bounds(lambda *each: evaluate(*each)[0], *arguments)[1]


def size(kind, array):
    """What the noise of this kind is relative to."""
    measure = np.linalg.norm if kind == "objective_gradient" else np.max
    return measure(np.abs(array))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("compiled", [False, True], ids=["eager", "compiled"])
def test_option_set(objective_case, dtype, compiled):
    evaluate = evaluation(objective_case.options, dtype, compiled)
    values, accuracies = evaluate(*objective_case.arguments)
    golden = objective_case.arrays
    assert set(values) == set(KINDS)
    for name, value in values.items():
        kind = KINDS[name]
        limit = NOISE[kind] * size(kind, golden[name])
        if dtype == "float32":
            largest = rounding(objective_case)[name]
            limit += size(kind, np.full_like(value, largest))
        assert size(kind, value - golden[name]) < limit, name
    for name, accuracy in accuracies.items():
        assert np.isclose(accuracy, golden[name]), name
