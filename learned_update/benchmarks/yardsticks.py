"""The package beside the same mathematics without Keras, as pairs of functions."""

import statistics
import time

import keras
import numpy as np
from keras import ops

from learned_update import backend
from learned_update.benchmarks import engines
from learned_update.benchmarks.glyph_trainer import make_trainer
from learned_update.benchmarks.named_theta import neuron_local_theta
from learned_update.layers.forms import released_parts
from learned_update.layers.update_rule import UpdateRule
from learned_update.meta.inner_step import inner_step
from learned_update.meta.meta_gradient import meta_gradient
from learned_update.types import TruncationData
from learned_update.zoo import released_variable_names


def measure_meta_gradient(configuration, repeats):
    """The meta-gradient beside yardstick (b), plain JAX; a dict of `compared`."""
    trainer = make_trainer(configuration)
    state = trainer.initial_state()
    state, metrics = trainer.step(state)  # its phi is one that has begun
    dict(metrics)
    group, drawn = trainer.groups[0], trainer.draw(state).groups[0]
    resident = keras.tree.map_structure(ops.convert_to_tensor, group.tasks.resident())
    data = TruncationData(resident, drawn.input_map, drawn.batch, drawn.steps)
    step = trainer.truncated_step(0)
    pair = meta_gradient_pair(step, state.groups[0].phi, data, trainer.clip_norm)
    return compared(*pair, repeats)


def meta_gradient_pair(step, phi, data, clip_norm):
    """The package's meta-gradient and the plain one, on the same numbers.

    Args:
        step: `TruncatedStep` of a neuron-local rule.
        phi: `Phi`, leading `tasks` axis.
        data: `TruncationData` that does all of its batch, with an `InputMap`.
        clip_norm: bound of one task's gradient.

    Returns:
        Two functions of no arguments. Both give `(gradient, phi, loss)`: a mapping by
        the names of `named_theta`, a list of dicts, and `(tasks,)`.
    """
    from learned_update.benchmarks import plain_jax

    named = neuron_local_theta(step.rule)
    variables = step.rule.trainable_variables
    places = {id(variable): place for place, variable in enumerate(variables)}
    places = {name: places[id(variable)] for name, variable in named.items()}
    theta = [ops.convert_to_tensor(variable) for variable in variables]

    def estimated(theta, phi, data):
        result = meta_gradient(step, theta, phi, data, clip_norm)
        gradient = {name: result.gradient[place] for name, place in places.items()}
        return gradient, _as_dicts(result.phi), result.loss

    def plain(theta, phi, pixels, input_map, batch):
        return plain_jax.meta_gradient(
            theta, phi, pixels, input_map, batch, tuple(step.episode[:3]), clip_norm
        )

    batch = [ops.swapaxes(part, 0, 1) for part in data.batch[:3]]  # tasks first
    arguments = (
        {name: theta[place] for name, place in places.items()},
        _as_dicts(phi),
        data.resident.pixels,
        tuple(data.input_map),
        batch,
    )
    estimated, plain = backend.jit(estimated), backend.jit(plain)
    return lambda: estimated(theta, phi, data), lambda: plain(*arguments)


def measure_released_inner_step(configuration, repeats):
    """The released rule's inner step beside yardstick (a), a plain `tf.function`."""
    units = configuration.units
    rule = UpdateRule(**released_parts(embedding_units=units[-1]))
    rule.build()
    base = rule.base_mlp(units)
    inputs = configuration.size**2
    rng = np.random.default_rng(0)
    x = rng.uniform(size=(configuration.batch_size, inputs)).astype("float32")
    pair = released_pair(rule, base, base.init_phi(inputs, 0), x)
    return compared(*pair, repeats)


def released_pair(rule, base, phi, x):
    """The package's inner step and the plain one, on the same numbers.

    The package's is of Keras' backend, the plain one of TensorFlow.

    Args:
        rule: `UpdateRule` of the released form with identical updates.
        base: `BaseMLP`.
        phi: `Phi`.
        x: `(batch, inputs)`.

    Returns:
        Two functions of no arguments that return when it is done. Both give phi as a
        list of dicts of arrays.
    """
    from learned_update.benchmarks import plain_tensorflow

    values = [ops.convert_to_numpy(v) for v in rule.trainable_variables]
    names = [
        name.removeprefix(plain_tensorflow.SCOPE)
        for name in released_variable_names(rule)
    ]
    arguments = dict(zip(names, values, strict=True)), _as_dicts(phi), x
    arguments = keras.tree.map_structure(np.asarray, arguments)
    plain = plain_tensorflow.compiled_step(*arguments, rule.rate.rate)

    def step(theta, phi, x):
        return _as_dicts(inner_step(rule, base, phi, x, theta=theta))

    theta = [ops.convert_to_tensor(value) for value in values]
    step, x = backend.jit(step), ops.convert_to_tensor(x)

    def package():
        result = step(theta, phi, x)
        engines.wait(result)
        return result

    return package, plain


def compared(function, yardstick, repeats):
    """Medians of two functions of no arguments that are called in turn.

    Args:
        function: of the package.
        yardstick: of the same mathematics.
        repeats: calls of each, after one that compiles.

    Returns:
        A dict: `seconds`, `yardstick_s`, `ratio` of the two, `backend`, `device`.
    """
    both = (function, yardstick)
    for each in both:
        engines.wait(each())
    times = [[_seconds(each) for each in both] for _ in range(repeats)]
    ours, theirs = (statistics.median(column) for column in zip(*times, strict=True))
    return {
        "seconds": ours,
        "yardstick_s": theirs,
        "ratio": ours / theirs,
        "backend": keras.backend.backend(),
        "device": engines.device_name(),
    }


def _seconds(function):
    begun = time.perf_counter()
    engines.wait(function())
    return time.perf_counter() - begun


def _as_dicts(phi):
    return [layer._asdict() for layer in phi.layers]
