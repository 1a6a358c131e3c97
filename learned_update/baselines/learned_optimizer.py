"""A learned optimizer: a small network that turns gradients into weight changes."""

from typing import Any, NamedTuple

import keras
import numpy as np
from keras import ops

from learned_update import backend
from learned_update.baselines.classifier import (
    Adapted,
    MetaParameters,
    Weights,
    checked_support,
    class_labels,
    draw_together,
    initial_weights,
    query_loss,
    support_gradient,
)
from learned_update.baselines.gradient_descent import (
    check_settings,
    count_parameters,
    descend,
    epoch_means,
)
from learned_update.baselines.task_episodes import TaskEpisodes
from learned_update.baselines.trainable_base import plain_base
from learned_update.baselines.wall_time import timed
from learned_update.errors import invalid
from learned_update.randomness import generator

HISTORY_STEPS = 10  # over which the losses of `history` are averaged
DECAYS = (0.5, 0.9, 0.99)  # of the momenta
TIMESCALES = (1.0, 3.0, 10.0, 30.0, 100.0)  # inner steps, of the features of time
HIDDEN = 16  # units of the network's hidden layer
STEP_SIZE = 0.01  # of a weight whose direction is 1 and whose log-magnitude is 0
LARGEST_MAGNITUDE = 3.0  # of log-magnitudes; unrolls diverge without a bound
EPSILON = 1e-8  # added to the mean square of a tensor before its root
_FEATURES = 2 + len(DECAYS)  # gradient, momenta, weight
_FIRST_MOMENTUM = 1 + DECAYS.index(0.9)  # the feature that moves weights at first
_THETA, _EPISODES, _WEIGHTS = range(3)  # keys of the seeds


class OptimizerTheta(NamedTuple):
    """Meta-parameters of the network, the same for every weight of every tensor.

    Attributes:
        features: kernel from the weight's features, `(features, hidden)`.
        time: kernel from the features of time, `(timescales, hidden)`.
        bias: of the hidden layer, `(hidden,)`.
        outputs: kernel to direction and log-magnitude, `(hidden, 2)`.
        output_bias: `(2,)`.
        skip: from the features to the direction, `(features,)`.
    """

    features: Any
    time: Any
    bias: Any
    outputs: Any
    output_bias: Any
    skip: Any


class OptimizerState(NamedTuple):
    """Where an inner loop stands.

    Attributes:
        weights: `Weights`.
        momenta: running means of the gradient, a `Weights` per entry of `DECAYS`.
    """

    weights: Weights
    momenta: tuple[Weights, ...]


def initial_theta(rng):
    """`OptimizerTheta` of gradient descent with momentum; its outputs add nothing."""
    skip = np.zeros(_FEATURES, "float32")
    skip[_FIRST_MOMENTUM] = 1.0

    def normal(fan_in, fan_out):
        return rng.normal(0, fan_in**-0.5, (fan_in, fan_out)).astype("float32")

    return OptimizerTheta(
        features=normal(_FEATURES, HIDDEN),
        time=normal(len(TIMESCALES), HIDDEN),
        bias=np.zeros(HIDDEN, "float32"),
        outputs=np.zeros((HIDDEN, 2), "float32"),
        output_bias=np.zeros(2, "float32"),
        skip=skip,
    )


def weight_changes(theta, gradient, momenta, weights, step):
    """-STEP_SIZE exp(LARGEST_MAGNITUDE tanh(magnitude)) direction, for every weight.

    The network reads a weight's gradient, momenta and value, each divided by its root
    mean square over the tensor, and tanh(step / timescale). Hence it applies to
    tensors of any shape, and the scale of the loss does not matter (after
    Andrychowicz et al., 2016, and Metz et al., 2019).

    Args:
        theta: `OptimizerTheta`.
        gradient: `Weights`.
        momenta: a `Weights` per entry of `DECAYS`.
        weights: `Weights`.
        step: number of the inner step, from 0.

    Returns:
        `Weights`.
    """
    trees = [keras.tree.flatten(tree) for tree in (gradient, *momenta, weights)]
    shapes = [tensor.shape for tensor in trees[0]]
    features = ops.concatenate(
        [
            ops.stack([_normalised(x) for x in tensors], axis=-1)  # (size, features)
            for tensors in zip(*trees, strict=True)
        ]
    )  # (weights, features)
    time = ops.tanh(step / ops.convert_to_tensor(TIMESCALES, features.dtype))
    hidden = ops.relu(
        ops.matmul(features, theta.features)
        + ops.sum(time[:, None] * theta.time, axis=0)
        + theta.bias
    )  # (weights, hidden)
    outputs = ops.matmul(hidden, theta.outputs) + theta.output_bias  # (weights, 2)
    direction = outputs[:, 0] + ops.sum(features * theta.skip, axis=-1)
    magnitude = LARGEST_MAGNITUDE * ops.tanh(outputs[:, 1])
    changes = -STEP_SIZE * ops.exp(magnitude) * direction  # (weights,)
    ends = np.cumsum([np.prod(shape) for shape in shapes])
    parts = [
        ops.reshape(changes[end - np.prod(shape) : end], shape)
        for end, shape in zip(ends, shapes, strict=True)
    ]
    return keras.tree.pack_sequence_as(gradient, parts)


def optimizer_step(theta, base, state, support, labels, step):
    """One inner step on the whole support.

    The gradient counts as given: no second derivatives (Andrychowicz et al., 2016).

    Args:
        theta: `OptimizerTheta`.
        base: `BaseMLP`.
        state: `OptimizerState`.
        support: `(supports, inputs)`.
        labels: `(supports,)` integers.
        step: number of the inner step, from 0.

    Returns:
        `OptimizerState`.
    """
    gradient = keras.tree.map_structure(
        ops.stop_gradient, support_gradient(base, state.weights, support, labels)
    )
    momenta = tuple(
        keras.tree.map_structure(
            lambda m, g, decay=decay: decay * m + (1 - decay) * g, momentum, gradient
        )
        for decay, momentum in zip(DECAYS, state.momenta, strict=True)
    )
    changes = weight_changes(theta, gradient, momenta, state.weights, step)
    weights = keras.tree.map_structure(lambda w, c: w + c, state.weights, changes)
    return OptimizerState(weights, momenta)


def initial_state(weights):
    """`OptimizerState` before the first step."""
    zeros = keras.tree.map_structure(ops.zeros_like, weights)
    return OptimizerState(weights, (zeros,) * len(DECAYS))


def unroll(theta, base, weights, support, labels, steps):
    """`Weights` after some inner steps on a support; arguments as `optimizer_step`."""

    def step(constants, state, number):
        theta, support, labels = constants
        return optimizer_step(theta, base, state, support, labels, number), ()

    state, _ = backend.scan(
        step,
        (theta, support, labels),
        initial_state(weights),
        _step_numbers(steps, weights),
        (),
    )
    return state.weights


def unrolled_loss(theta, base, weights, support, query, ways, steps):
    """Cross-entropy of the query after every inner step, mean over steps and tasks.

    Its gradient by theta goes through all weight changes, not through the gradients
    that they are made of.

    Args:
        theta: `OptimizerTheta`.
        base: `BaseMLP`.
        weights: `Weights` to start from, leading `tasks` axis.
        support: class by class, `(tasks, ways * shots, inputs)`.
        query: class by class, `(tasks, ways * queries, inputs)`.
        ways: number of classes.
        steps: inner steps.

    Returns:
        A scalar.
    """
    support_labels = class_labels(ways, support.shape[1])
    query_labels = class_labels(ways, query.shape[1])

    def step(constants, state, number):
        theta, support, query = constants

        def task_step(state, support, query):
            state = optimizer_step(theta, base, state, support, support_labels, number)
            return state, query_loss(base, state.weights, support, query, query_labels)

        return backend.vectorize(task_step)(state, support, query)

    _, losses = backend.scan(
        step,
        (theta, support, query),
        initial_state(weights),
        _step_numbers(steps, weights),
        ops.zeros_like(weights.biases[0][:, 0]),
    )
    return ops.mean(losses)


class LearnedOptimizer:
    """Supervised training whose weight changes are meta-learned.

    The base model starts at new random weights on every task, and the network's
    meta-parameters are shared by all its weights: they apply to any base model, width
    of the inputs and number of classes. The meta-objective is the cross-entropy of
    the query, mean over the inner steps, differentiated through all weight changes.

    Tuned (6 settings of 1,200 inner steps in all, meta-trained on `glyphs/meta_train`,
    14x14, 10 ways, 10 shots): learning rate 3e-3 to 3e-2, 20 or 40 inner steps.

    Args:
        base: a `BaseMLP` to meta-train on, of which the widths and the activation
            count.
        seed: of the initial meta-parameters, the weights and the episodes.
        steps: outer steps.
        learning_rate: of Adam in the outer loop.
        tasks_per_step: tasks over which an outer step averages.
        inner_steps: of a task, in meta-training and in `adapt`.

    Attributes:
        theta: `OptimizerTheta` that was meta-trained.
        history: mean meta-loss of every 10 steps.
        parameters: numbers that were trained.
        seconds: wall time of `fit`.
    """

    def __init__(
        self,
        base,
        seed,
        steps=300,
        learning_rate=3e-2,
        tasks_per_step=2,
        inner_steps=20,
    ):
        check_settings(steps, 2, learning_rate)
        _check_inner_loop(tasks_per_step, inner_steps)
        self.base = plain_base(base.units, base.activation)
        self.seed = seed
        self.steps = steps
        self.learning_rate = learning_rate
        self.tasks_per_step = tasks_per_step
        self.inner_steps = inner_steps
        self._inner_loops = {}  # by the widths and the activation of a base model

    @timed
    def fit(self, tasks, callback=None, callback_every=None, progress=False):
        """Meta-trains on episodes.

        Args:
            tasks: a `TaskDistribution`.
            callback: called as `callback(step, self)` after every `callback_every`-th
                step and after the last.
            callback_every: steps between two calls; None for the last alone.
            progress: whether to show a bar; None shows it on a terminal.

        Returns:
            This object.

        Raises:
            ValueError: if the meta-loss diverges.
        """
        episodes = TaskEpisodes(tasks)
        model = MetaParameters(
            initial_theta(generator(self.seed, _THETA)),
            lambda theta, *batch: unrolled_loss(
                theta, self.base, *batch, tasks.ways, self.inner_steps
            ),
            self.learning_rate,
        )

        def batch_at(step):
            numbers = range(self.tasks_per_step)
            rngs = [generator(self.seed, _EPISODES, step, n) for n in numbers]
            starts = [
                initial_weights(
                    self.base,
                    tasks.input_dim,
                    tasks.ways,
                    generator(self.seed, _WEIGHTS, step, n),
                )
                for n in numbers
            ]
            together = keras.tree.map_structure(lambda *w: np.stack(w), *starts)
            return together, *draw_together(episodes, rngs)

        def report(step):
            self.theta = model.values()
            if callback is not None:
                callback(step, self)

        losses = descend(
            model,
            batch_at,
            self.steps,
            report,
            callback_every if callback is not None else None,
            progress,
            "learned optimizer",
        )
        self.history = epoch_means(losses, HISTORY_STEPS)
        self.parameters = count_parameters(model)
        return self

    def adapt(self, base, support, labels, seed=0):
        """Trains a base model and a head on a labelled support.

        Args:
            base: a `BaseMLP`, of which the widths and the activation count.
            support: `(supports, inputs)`.
            labels: `(supports,)`, of at least two classes.
            seed: of the initial weights.

        Returns:
            `Adapted`, with `predict(pixels)`.

        Raises:
            ValueError: if the labels do not fit the support.
        """
        support, classes, indices = checked_support(support, labels)
        base = plain_base(base.units, base.activation)
        weights = initial_weights(
            base, support.shape[1], len(classes), generator(seed, _WEIGHTS)
        )
        arguments = keras.tree.map_structure(
            ops.convert_to_tensor, (self.theta, weights, support, indices)
        )
        weights = self._inner_loop(base)(*arguments)
        return Adapted(base, weights, support, classes)

    def _inner_loop(self, base):
        """The compiled inner loop of a base model, to the `Weights` after it."""
        key = (base.units, base.activation)
        if key not in self._inner_loops:
            self._inner_loops[key] = backend.jit(
                lambda theta, *task: unroll(theta, base, *task, self.inner_steps),
                xla=False,
            )
        return self._inner_loops[key]


def _step_numbers(steps, weights):
    return ops.arange(steps, dtype=weights.kernels[0].dtype)


def _normalised(tensor):
    """A tensor's numbers over their root mean square, `(size,)`."""
    flat = ops.reshape(tensor, (-1,))
    return flat * ops.rsqrt(ops.mean(ops.square(flat)) + EPSILON**2)


def _check_inner_loop(tasks_per_step, inner_steps):
    if min(tasks_per_step, inner_steps) < 1:
        raise invalid(
            "A learned optimizer has no inner loop with these settings.",
            expected="tasks_per_step >= 1, inner_steps >= 1",
            received=f"tasks_per_step={tasks_per_step}, inner_steps={inner_steps}",
            remedy="Leave them out for the defaults.",
        )
