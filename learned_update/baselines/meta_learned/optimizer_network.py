"""The network of a learned optimizer: what turns a gradient into a weight change."""

from typing import Any, NamedTuple

import keras
import numpy as np
from keras import ops

DECAYS = (0.5, 0.9, 0.99)  # of the momenta
TIMESCALES = (1.0, 3.0, 10.0, 30.0, 100.0)  # inner steps, of the features of time
HIDDEN = 16  # units of the hidden layer
STEP_SIZE = 0.01  # of a weight whose direction is 1 and whose log-magnitude is 0
LARGEST_MAGNITUDE = 3.0  # of log-magnitudes; unrolls diverge without a bound
EPSILON = 1e-8  # added to the mean square of a tensor before its root
_FEATURES = 2 + len(DECAYS)  # gradient, momenta, weight
_FIRST_MOMENTUM = 1 + DECAYS.index(0.9)  # the feature that moves weights at first


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


def _normalised(tensor):
    """A tensor's numbers over their root mean square, `(size,)`."""
    flat = ops.reshape(tensor, (-1,))
    return flat * ops.rsqrt(ops.mean(ops.square(flat)) + EPSILON**2)
