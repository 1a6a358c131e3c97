"""MAML: inner steps, the gradient through them, and what is learned from tasks."""

import itertools

import keras
import numpy as np
import pytest
from keras import ops

from learned_update import backend
from learned_update.baselines import Maml
from learned_update.baselines.meta_learned.maml import (
    maml_loss,
    mean_maml_loss,
    sgd_steps,
)
from learned_update.baselines.shared.trainable_base import EPSILON, plain_base
from learned_update.baselines.supervised.classifier import (
    Weights,
    initial_weights,
    query_loss,
)
from learned_update.data import Dataset, TaskDistribution
from learned_update.layers import BaseMLP
from learned_update.randomness import generator
from tests.arithmetic import HAS_FLOAT64, assert_same_to_rounding

WAYS, INPUTS = 3, 12
SMALL = {"steps": 110, "tasks_per_step": 2, "inner_steps": 2}
STEP = 1e-5  # of finite differences
_FLOAT64 = pytest.mark.skipif(
    not HAS_FLOAT64, reason="JAX has no float64 by default (JAX_ENABLE_X64)"
)


def patterned(seed):
    """Eight classes of 4x3 images that differ in three inputs; the rest is noise."""
    rng = np.random.default_rng(seed)
    labels = np.repeat(np.arange(8), 12)
    pixels = rng.integers(0, 255, size=(96, INPUTS))
    corners = 64 * np.array(list(itertools.product((1, 3), repeat=3)))
    pixels[:, :3] = corners[labels] + rng.integers(-30, 30, size=(96, 3))
    return Dataset(
        "patterned",
        pixels.astype("uint8").reshape(-1, 4, 3, 1),
        labels.astype("int32"),
        tuple("abcdefgh"),
    )


def tasks(seed=0):
    return TaskDistribution([patterned(seed)], ways=WAYS, shots=3, queries=5)


def held_out(count=20):
    """Support and query of tasks of other noise, with their labels."""
    rng, data = np.random.default_rng(5), patterned(seed=1)
    x = data.images.reshape(8, 12, INPUTS) / 255
    for _ in range(count):
        rows = x[rng.permutation(8)[:WAYS]]  # (ways, examples, inputs)
        support, query = rows[:, :3], rows[:, 3:]
        yield (
            *(part.reshape(-1, INPUTS).astype("float32") for part in (support, query)),
            *(np.repeat(np.arange(WAYS, dtype="int32"), n) for n in (3, 9)),
        )


def held_out_loss(maml):
    losses = []
    for support, query, labels, query_labels in held_out():
        adapted = maml.adapt(support, labels)
        losses.append(
            query_loss(adapted.base, adapted.weights, support, query, query_labels)
        )
    return np.mean([float(loss) for loss in losses])


@pytest.fixture(scope="module")
def course():
    """A meta-trained `Maml`, and its weights on the way, `{outer step: Weights}`."""
    weights = {}
    maml = Maml(BaseMLP((8, 5)), seed=0, **SMALL)
    maml.fit(tasks(), lambda step, maml: weights.update({step: maml.weights}), 20)
    return maml, weights


@pytest.fixture(scope="module")
def fitted(course):
    return course[0]


def double(weights):
    return keras.tree.map_structure(lambda w: w.astype("float64"), weights)


def reference_logits(weights, support, x):
    """The tanh base model and the head, moments of the support, in NumPy."""
    for kernel, bias in zip(weights.kernels[:-1], weights.biases[:-1], strict=True):
        product, reference = x @ kernel, support @ kernel
        scale = np.sqrt(reference.var(axis=0) + EPSILON)
        x, support = (
            np.tanh((each - reference.mean(axis=0)) / scale + bias)
            for each in (product, reference)
        )
    return x @ weights.kernels[-1] + weights.biases[-1]


def reference_loss(weights, support, x, labels):
    logits = reference_logits(weights, support, x)
    logits = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
    return -np.mean(logits[np.arange(len(x)), labels])


def differences(loss, weights):
    """Central finite differences of a loss by every weight."""
    flat = keras.tree.flatten(weights)
    gradients = []
    for tensor in flat:
        gradient = np.empty_like(tensor)
        for index in np.ndindex(tensor.shape):
            kept, values = tensor[index], []
            for shift in (STEP, -STEP):
                tensor[index] = kept + shift
                values.append(float(loss(weights)))
            tensor[index] = kept
            gradient[index] = (values[0] - values[1]) / (2 * STEP)
        gradients.append(gradient)
    return gradients


def problem():
    """A tiny base model, its weights and a task, float64."""
    rng = generator(3)
    base = plain_base((4, 3), "tanh")
    weights = double(initial_weights(base, 5, 2, rng))
    support, query = rng.normal(size=(6, 5)), rng.normal(size=(4, 5))
    return base, weights, support, query


@_FLOAT64
def test_an_inner_step_follows_the_gradient_of_the_support():
    base, weights, support, _ = problem()
    labels = np.repeat([0, 1], 3)
    gradient = differences(
        lambda w: reference_loss(w, support, support, labels), weights
    )
    found = sgd_steps(base, weights, support, labels, steps=1, learning_rate=0.2)
    for new, old, slope in zip(
        keras.tree.flatten(found), keras.tree.flatten(weights), gradient, strict=True
    ):
        np.testing.assert_allclose(ops.convert_to_numpy(new), old - 0.2 * slope, 1e-7)


@_FLOAT64
def test_the_meta_gradient_goes_through_the_inner_steps():
    base, weights, support, query = problem()
    labels = np.repeat([0, 1], 3)

    def reference(weights):
        adapted = keras.tree.map_structure(
            ops.convert_to_numpy, sgd_steps(base, weights, support, labels, 2, 0.5)
        )
        return reference_loss(adapted, support, query, np.repeat([0, 1], 2))

    def loss(weights):
        return maml_loss(base, weights, support, query, 2, 2, 0.5), ()

    (value, _), gradient = backend.value_and_grad(loss)(weights)
    np.testing.assert_allclose(float(value), reference(weights), rtol=1e-10)
    kernels = Weights(weights.kernels[1:], ())  # those below take as long again
    expected = differences(lambda _: reference(weights), kernels)
    for found, slope in zip(gradient.kernels[1:], expected, strict=True):
        np.testing.assert_allclose(ops.convert_to_numpy(found), slope, atol=1e-8)


def test_tasks_side_by_side_are_averaged():
    base = plain_base((4, 3), "relu")
    weights = initial_weights(base, 5, 2, generator(3))
    rng = np.random.default_rng(0)
    supports = rng.normal(size=(3, 6, 5)).astype("float32")
    queries = rng.normal(size=(3, 4, 5)).astype("float32")

    def one_by_one(supports, queries):
        each = [
            float(maml_loss(base, weights, *task, 2, 2, 0.1))
            for task in zip(supports, queries, strict=True)
        ]
        return np.mean(each)

    together = mean_maml_loss(base, weights, supports, queries, 2, 2, 0.1)
    assert_same_to_rounding(together, one_by_one, supports, queries, draws=2)


def test_meta_training_lowers_the_loss_of_held_out_tasks(fitted):
    untrained = Maml(BaseMLP((8, 5)), seed=0, **SMALL)
    untrained.weights = initial_weights(fitted.base, INPUTS, WAYS, generator(0))
    assert held_out_loss(fitted) < 0.8 * held_out_loss(untrained)
    assert fitted.parameters == (12 * 8 + 8) + (8 * 5 + 5) + (5 * 3 + 3)
    assert len(fitted.history) == 2  # 100 steps and 10
    assert fitted.seconds > 0


def test_one_seed_gives_one_result(course):
    _, weights = course
    assert list(weights) == [20, 40, 60, 80, 100, 110]
    again = Maml(BaseMLP((8, 5)), seed=0, **{**SMALL, "steps": 20}).fit(tasks())
    for one, other in zip(again.weights.kernels, weights[20].kernels, strict=True):
        np.testing.assert_array_equal(one, other)


def test_labels_are_the_users_and_queries_do_not_influence_each_other(fitted):
    support, query, labels, _ = next(held_out())
    names = np.array(["x", "y", "z"])
    adapted = fitted.adapt(support, names[labels])
    indices = fitted.adapt(support, labels).predict(query)
    found = adapted.predict(query)
    np.testing.assert_array_equal(found, names[indices])
    alone = [adapted.predict(query[row : row + 1])[0] for row in range(len(query))]
    np.testing.assert_array_equal(found, alone)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda x, y: (x[:, :9], y), "12 inputs, 3 classes.*Received: 9 inputs, 3"),
        (lambda x, y: (x, y % 2), "12 inputs, 3 classes.*Received: 12 inputs, 2"),
        (lambda x, y: (x, y[1:]), r"one label for each of the 9 rows.*shape \(8,\)"),
        (lambda x, y: (x, 0 * y), r"at least 2 classes.*\(9,\), 1 classes"),
        (lambda x, y: (x / 0, y), "not finite"),
    ],
    ids=["inputs", "classes", "few labels", "one class", "infinite"],
)
@pytest.mark.filterwarnings("ignore:divide by zero", "ignore:invalid value")
def test_supports_that_do_not_fit_are_errors(fitted, change, message):
    support, _, labels, _ = next(held_out())
    with pytest.raises(ValueError, match=message):
        fitted.adapt(*change(support, labels))


def test_settings_without_an_inner_loop_are_errors():
    with pytest.raises(ValueError, match=r"inner_steps >= 1.*inner_steps=0"):
        Maml(BaseMLP((8, 5)), seed=0, inner_steps=0)
    with pytest.raises(ValueError, match=r"steps >= 1.*steps=0"):
        Maml(BaseMLP((8, 5)), seed=0, steps=0)
