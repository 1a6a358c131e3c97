"""The learned optimizer: its equations, its unrolls, and what it learns from tasks."""

import itertools

import keras
import numpy as np
import pytest
from keras import ops

from learned_update import backend
from learned_update.baselines import LearnedOptimizer
from learned_update.baselines.meta_learned.optimizer_network import (
    DECAYS,
    LARGEST_MAGNITUDE,
    STEP_SIZE,
    TIMESCALES,
    OptimizerTheta,
    initial_theta,
    weight_changes,
)
from learned_update.baselines.meta_learned.optimizer_unroll import (
    initial_state,
    optimizer_step,
    unroll,
    unrolled_loss,
)
from learned_update.baselines.shared.trainable_base import plain_base
from learned_update.baselines.supervised.classifier import (
    forward,
    initial_weights,
    query_loss,
)
from learned_update.data import Dataset, TaskDistribution
from learned_update.layers import BaseMLP
from learned_update.randomness import generator
from tests.arithmetic import (
    assert_float32,
    assert_same_to_rounding,
    assert_within,
    same_to_rounding,
)

WAYS, INPUTS = 3, 12
BASE = BaseMLP((8, 5))
SMALL = {"steps": 60, "inner_steps": 5}


def patterned():
    """Eight classes of 4x3 images that differ in three inputs; the rest is noise."""
    rng = np.random.default_rng(0)
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


def groups(seed=0, inputs=7, labels=("left", "right")):
    """Ten far examples a label, in turn."""
    rng = np.random.default_rng(seed)
    names = np.tile(labels, 10)
    centres = np.eye(inputs)[: len(labels)]
    x = np.tile(centres, (10, 1)) + 0.1 * rng.normal(size=(len(names), inputs))
    return x.astype("float32"), names


def tasks():
    return TaskDistribution([patterned()], ways=WAYS, shots=3, queries=5)


@pytest.fixture(scope="module")
def course():
    """A meta-trained one, and its theta on the way, `{outer step: OptimizerTheta}`."""
    thetas = {}
    optimizer = LearnedOptimizer(BASE, seed=0, **SMALL)
    optimizer.fit(tasks(), lambda step, one: thetas.update({step: one.theta}), 25)
    return optimizer, thetas


@pytest.fixture(scope="module")
def fitted(course):
    return course[0]


def random_theta(rng):
    return OptimizerTheta(
        *(
            rng.normal(0, 0.5, part.shape).astype("float32")
            for part in initial_theta(rng)
        )
    )


def normalised(x):
    return x / np.sqrt(np.mean(np.asarray(x, "float64") ** 2))


def reference_changes(theta, gradient, momenta, weights, step):
    """The change of one tensor, weight by weight, in NumPy."""
    columns = [normalised(x) for x in (gradient, *momenta, weights)]
    changes = np.empty(weights.shape)
    time = np.tanh(step / np.array(TIMESCALES))
    for index in np.ndindex(weights.shape):
        features = np.array([column[index] for column in columns])
        hidden = np.maximum(
            features @ theta.features + time @ theta.time + theta.bias, 0
        )
        direction, magnitude = hidden @ theta.outputs + theta.output_bias
        direction += features @ theta.skip
        size = np.exp(LARGEST_MAGNITUDE * np.tanh(magnitude))
        changes[index] = -STEP_SIZE * size * direction
    return changes


def test_weight_changes_agree_with_a_reference():
    rng = np.random.default_rng(1)
    theta = random_theta(rng)
    weights, gradient, *momenta = (
        keras.tree.map_structure(
            lambda w: rng.normal(size=w.shape).astype("float32"),
            initial_weights(BaseMLP((3,)), 4, 2, generator(0)),
        )
        for _ in range(2 + len(DECAYS))
    )
    found = weight_changes(theta, gradient, momenta, weights, 7.0)
    assert type(found) is type(weights)
    flat = [keras.tree.flatten(tree) for tree in (gradient, *momenta, weights, found)]
    for one_gradient, *one_momenta, one_weights, change in zip(*flat, strict=True):
        arguments = theta, one_gradient, one_momenta, one_weights
        assert_float32(change, lambda *each: reference_changes(*each, 7), *arguments)


def test_the_scale_of_the_loss_does_not_matter():
    rng = np.random.default_rng(1)
    theta = random_theta(rng)
    weights, gradient = (
        initial_weights(BaseMLP((3,)), 4, 2, generator(i)) for i in range(2)
    )

    def changes(gradient, momenta, weights):
        return weight_changes(theta, gradient, momenta, weights, 1.0).kernels

    scaled = keras.tree.map_structure(lambda g: 50.0 * g, gradient)
    momenta = [gradient] * len(DECAYS)
    assert_same_to_rounding(
        changes(scaled, momenta, weights), changes, gradient, momenta, weights
    )


def test_it_starts_as_gradient_descent_with_momentum():
    theta = initial_theta(generator(0))
    rng = np.random.default_rng(2)
    tensors = [rng.normal(size=(3, 2)).astype("float32") for _ in range(5)]
    gradient, *momenta, weights = ([tensor] for tensor in tensors)
    (change,) = weight_changes(theta, gradient, momenta, weights, 0.0)
    momentum = momenta[DECAYS.index(0.9)][0]
    assert_float32(change, lambda m: -STEP_SIZE * normalised(m), momentum)


def test_the_forward_pass_is_that_of_the_base_model():
    base = plain_base((6, 4), "relu")
    weights = initial_weights(base, 7, 2, generator(0))
    x, _ = groups()
    logits, moments = forward(base, weights, x)
    phi = base.init_phi(7, 0)
    phi = phi._replace(
        layers=tuple(
            layer._replace(kernel=kernel, bias=bias, feedback=kernel)
            for layer, kernel, bias in zip(
                phi.layers, weights.kernels, weights.biases, strict=False
            )
        )
    )

    def expected(x):
        features = ops.convert_to_numpy(base.embed(phi, x))
        statistics = base.statistics(phi, x)
        logits = features @ weights.kernels[-1] + weights.biases[-1]
        return logits, list(statistics.means), list(statistics.variances)

    found = logits, *map(list, zip(*moments, strict=True))
    assert_same_to_rounding(found, expected, x)


def test_unrolls_are_inner_steps_one_after_the_other():
    base, theta = plain_base((6, 4), "relu"), random_theta(np.random.default_rng(1))
    theta = theta._replace(outputs=0.1 * theta.outputs)
    x, names = groups()
    labels = (names == "right").astype("int32")
    order = np.argsort(labels, kind="stable")
    x, labels = x[order], labels[order]
    weights = initial_weights(base, 7, 2, generator(0))

    def one_after_the_other(weights, x):
        state, losses = initial_state(weights), []
        for step in range(3):
            state = optimizer_step(theta, base, state, x, labels, float(step))
            losses.append(float(query_loss(base, state.weights, x, x, labels)))
        return state.weights.kernels, np.mean(losses)

    (kernels, loss), bounds = same_to_rounding(one_after_the_other, weights, x, draws=2)
    together = unroll(theta, base, weights, x, labels, 3).kernels
    tasks = keras.tree.map_structure(lambda w: np.stack([w, w]), (weights, x))
    mean_loss = backend.jit(
        lambda theta: unrolled_loss(theta, base, *tasks, tasks[1], 2, 3), xla=False
    )(theta)
    assert_within((together, mean_loss), (kernels, loss), bounds)


def test_meta_training_lowers_the_loss_of_held_out_tasks(fitted):
    rng = np.random.default_rng(5)
    x = patterned().images.reshape(8, 12, INPUTS) / np.float32(255)
    episodes = [x[rng.permutation(8)[:WAYS]] for _ in range(20)]
    weights = [
        initial_weights(fitted.base, INPUTS, WAYS, generator(9, i)) for i in range(20)
    ]
    together = keras.tree.map_structure(lambda *w: np.stack(w), *weights)
    support = np.stack([rows[:, :3].reshape(-1, INPUTS) for rows in episodes])
    query = np.stack([rows[:, 3:].reshape(-1, INPUTS) for rows in episodes])
    loss = backend.jit(
        lambda theta: unrolled_loss(
            theta, fitted.base, together, support, query, WAYS, 5
        ),
        xla=False,
    )
    before, after = map(float, map(loss, (initial_theta(generator(0)), fitted.theta)))
    assert after < 0.85 * before
    assert len(fitted.history) == 6
    assert fitted.seconds > 0
    assert fitted.parameters == sum(np.size(part) for part in fitted.theta)


def test_one_seed_gives_one_result(course):
    _, thetas = course
    assert list(thetas) == [25, 50, 60]
    again = LearnedOptimizer(BASE, seed=0, **{**SMALL, "steps": 25}).fit(tasks())
    for one, part in zip(again.theta, thetas[25], strict=True):
        np.testing.assert_array_equal(one, part)


def test_it_adapts_base_models_and_tasks_of_any_shape(fitted):
    x, names = groups()
    query, expected = groups(seed=1)
    adapted = fitted.adapt(BaseMLP((16, 16, 6)), x, names, seed=3)
    assert [kernel.shape for kernel in adapted.weights.kernels] == [
        (7, 16),
        (16, 16),
        (16, 6),
        (6, 2),
    ]
    np.testing.assert_array_equal(adapted.predict(query), expected)
    again = fitted.adapt(BaseMLP((16, 16, 6)), x, names, seed=3)
    for one, other in zip(adapted.weights.kernels, again.weights.kernels, strict=True):
        np.testing.assert_array_equal(*map(ops.convert_to_numpy, (one, other)))
    alone = np.concatenate([adapted.predict(row[None]) for row in query])
    np.testing.assert_array_equal(alone, expected)


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ([1, 2], r"one label for each of the 20 rows.*shape \(2,\)"),
        ([4] * 20, r"at least 2 classes.*\(20,\), 1 classes"),
    ],
    ids=["few", "one class"],
)
def test_labels_that_do_not_fit_are_errors(fitted, labels, message):
    with pytest.raises(ValueError, match=message):
        fitted.adapt(BASE, groups()[0], labels)


def test_other_inputs_and_settings_are_errors(fitted):
    adapted = fitted.adapt(BASE, *groups())
    with pytest.raises(ValueError, match=r"shape \(examples, 7\).*\(20, 9\)"):
        adapted.predict(groups(inputs=9)[0])
    with pytest.raises(ValueError, match=r"tasks_per_step >= 1.*tasks_per_step=0"):
        LearnedOptimizer(BASE, seed=0, tasks_per_step=0)
