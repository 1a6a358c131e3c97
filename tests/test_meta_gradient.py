"""Meta-gradients of a 3-step unroll against central finite differences, float64."""

import functools

import keras
import numpy as np
import pytest
from keras import ops

import learned_update as lu
from tests import random_rules

STEP = 1e-6
TOLERANCE = 1e-6  # of the largest norm
INPUTS, UNITS, BATCH, CLASSES = 5, (6, 4), 5, 3
UNROLL = 3
DIRECTIONS = 5

pytestmark = pytest.mark.skipif(
    keras.backend.backend() != "tensorflow",
    reason="differentiates with a gradient tape",
)


class Problem:
    """J of phi after an unroll, compiled, with its gradients.

    Args:
        rule: `UpdateRule` in float64.
        base: `BaseMLP` in float64.
        rng: draws phi, the batches and the task.
    """

    def __init__(self, rule, base, rng):
        self.rule = rule
        self.base = base
        layers = random_rules.random_phi(rng, INPUTS, UNITS)
        self.phi = random_rules.to_phi(layers)
        self.xs = rng.uniform(size=(UNROLL, BATCH, INPUTS))
        labels = np.tile(np.arange(CLASSES), 4)  # two batches of two per class
        self.task = rng.uniform(size=(labels.size, INPUTS)) + labels[:, None] / CLASSES
        self.targets = np.eye(CLASSES)[labels[: labels.size // 2]]

    @functools.cached_property
    def step(self):
        """The compiled inner step."""
        import tensorflow as tf

        def step(phi, x):
            return lu.inner_step(self.rule, self.base, phi, x)

        return tf.function(step, autograph=False)

    def value(self, phi):
        """The meta-objective after an unroll from phi."""
        for x in self.xs:
            phi = self.step(phi, ops.convert_to_tensor(x))
        features = self.base.embed(phi, ops.convert_to_tensor(self.task))
        half = len(self.targets)
        loss, _ = lu.meta_objective(
            features[:half], self.targets, features[half:], self.targets
        )
        return loss

    @functools.cached_property
    def gradients(self):
        """dJ/dtheta in the order of the variables, and dJ/dphi."""
        import tensorflow as tf

        variables = [variable.value for variable in self.rule.trainable_variables]
        with tf.GradientTape() as tape:
            tape.watch(self.phi)
            loss = self.value(self.phi)
        by_theta, by_phi = tape.gradient(loss, (variables, self.phi))
        return [ops.convert_to_numpy(g) for g in by_theta], by_phi


@functools.cache
def problem_of(form):
    rng = np.random.default_rng(4)
    if form == "neuron_local":
        rule = random_rules.neuron_local_rule(random_rules.neuron_local_theta(rng))
        return Problem(rule, rule.base_mlp(UNITS, dtype="float64"), rng)
    theta = random_rules.released_theta(rng, UNITS[-1], identical_updates=False)
    rule = random_rules.released_rule(theta, inner_learning_rate=0.02)
    return Problem(rule, lu.BaseMLP(UNITS, dtype="float64"), rng)


@pytest.fixture(params=["neuron_local", "released"])
def problem(request):
    return problem_of(request.param)


def test_theta(problem):
    """Along every variable's gradient, the central difference is its norm."""
    gradients, _ = problem.gradients
    norms = [np.linalg.norm(gradient) for gradient in gradients]
    errors = {}
    variables = problem.rule.trainable_variables
    for variable, gradient, norm in zip(variables, gradients, norms, strict=True):
        if norm < 1e-14:  # offsets before a batch normalisation
            continue
        start, direction = variable.numpy(), gradient / norm
        values = []
        for sign in (1.0, -1.0):
            variable.assign(start + sign * STEP * direction)
            values.append(float(problem.value(problem.phi)))
        variable.assign(start)
        errors[variable.path] = abs((values[0] - values[1]) / (2.0 * STEP) - norm)
    limit = TOLERANCE * max(norms)
    assert {path: error for path, error in errors.items() if not error < limit} == {}


def test_random_directions(problem):
    """Directions that are not the gradient's own would show a gradient too small."""
    gradients, _ = problem.gradients
    largest = max(np.linalg.norm(gradient) for gradient in gradients)
    rng = np.random.default_rng(5)
    variables = problem.rule.trainable_variables
    starts = [variable.numpy() for variable in variables]
    for _ in range(DIRECTIONS):
        moves = [rng.normal(size=start.shape) for start in starts]
        scale = np.sqrt(sum(np.sum(move**2) for move in moves))
        values = []
        for sign in (1.0, -1.0):
            for variable, start, move in zip(variables, starts, moves, strict=True):
                variable.assign(start + sign * STEP / scale * move)
            values.append(float(problem.value(problem.phi)))
        for variable, start in zip(variables, starts, strict=True):
            variable.assign(start)
        expected = sum(
            np.sum(gradient * move)
            for gradient, move in zip(gradients, moves, strict=True)
        )
        difference = (values[0] - values[1]) / (2.0 * STEP)
        assert abs(difference - expected / scale) < TOLERANCE * largest


def test_phi(problem):
    """The gradient with respect to the first phi, leaf by leaf."""
    _, gradient = problem.gradients
    norms, errors = [], []
    for index, layer in enumerate(problem.phi.layers):
        for name, start in layer._asdict().items():
            slope = ops.convert_to_numpy(getattr(gradient.layers[index], name))
            norms.append(np.linalg.norm(slope))
            if norms[-1] == 0.0:
                continue
            values = []
            for sign in (1.0, -1.0):
                move = sign * STEP / norms[-1] * slope
                layers = list(problem.phi.layers)
                layers[index] = layer._replace(**{name: start + move})
                values.append(float(problem.value(lu.Phi(layers=tuple(layers)))))
            errors.append(abs((values[0] - values[1]) / (2.0 * STEP) - norms[-1]))
    assert max(errors) < TOLERANCE * max(norms)
