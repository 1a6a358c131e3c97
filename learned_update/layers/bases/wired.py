"""What base models share: a chain of linear maps of rows, normalised and activated."""

from collections.abc import Callable, Sequence
from typing import Any

import keras
import numpy as np
from keras import ops
from scipy.special import ndtr, ndtri

from learned_update import backend
from learned_update.checks import check_inputs, check_phi, check_units
from learned_update.errors import invalid
from learned_update.layers.parts import PACKAGE
from learned_update.layers.rule_state import initial_state
from learned_update.ops.error_signal import aligned_feedback
from learned_update.randomness import generator
from learned_update.types import Activations, LayerParams, Phi, Statistics, Tensor

REFERENCE_ROWS = 2**21  # that statistics are of at most, beyond one an example
TRUNCATION = 2.0  # standard deviations, as TensorFlow's truncated normal


@keras.saving.register_keras_serializable(PACKAGE)
def step(x):
    """1 where x > 0, else 0: an activation without a useful derivative."""
    return ops.cast(x > 0, x.dtype)


def truncated_normal(rng, shape, stddev):
    """Normal draws within two standard deviations, as float64."""
    lower, upper = ndtr(-TRUNCATION), ndtr(TRUNCATION)
    return stddev * ndtri(rng.uniform(lower, upper, size=shape))


def _activation(activation):
    """The function that a name or a configuration stands for."""
    if activation == "step":
        return step
    try:
        return keras.activations.get(activation)
    except ValueError as error:
        raise invalid(
            "Unknown activation.",
            expected="a function of keras.activations by name, a callable, or 'step'",
            received=f"activation={activation!r}",
            remedy="The paper's is 'relu'.",
        ) from error


class WiredBase(keras.layers.Layer):
    """z_l = batchnorm(y_l W_l) + b_l, x_{l+1} = act(z_l), y_l read off lower levels.

    Units are `(rows, units)`, a row being an example, or a position of one. It owns no
    variables: phi is an argument and a result (released_rule, section 1).

    A base model says how examples become rows (`rows`), how wide each layer's input is
    (`shapes`), how a layer reads the levels below (`connection`), and what of the top
    level is the embedding (`features`).

    Args:
        units: widths of the layers, bottom to top.
        activation: a Keras activation by name or callable, or `"step"`.
        epsilon: added to the batch variance (1e-6 in the released form).
        fan_in_scaling: whether y W is divided by sqrt(fan-in), so that kernels live
            at unit scale (neuron_local).
        kernel_stddev: of the truncated normals that `kernel` and `feedback` start at.
        bias_stddev: of the truncated normals that `bias` starts at.
        state: what the rule keeps of each layer beyond these, see `rule_state`.
        feedback_alignment: correlation of `feedback` with `kernel` when phi is drawn,
            from 0 to 1.

    Raises:
        ValueError: `units` is no sequence of integers from 1, there is no such
            activation, or the alignment is out of its range.
    """

    def __init__(
        self,
        units: Sequence[int] = (128, 128, 128, 128, 32),
        activation: str | Callable[[Tensor], Tensor] = "relu",
        epsilon: float = 1e-6,
        fan_in_scaling: bool = False,
        kernel_stddev: float = 0.01,
        bias_stddev: float = 0.1,
        state: Sequence[tuple[str, str, float | str]] = (),
        feedback_alignment: float = 0.0,
        **kwargs: Any,
    ) -> None:
        super().__init__(autocast=False, **kwargs)
        check_units(units)
        self.units = tuple(int(width) for width in units)
        self.activation = _activation(activation)
        self.epsilon = epsilon
        self.fan_in_scaling = fan_in_scaling
        self.kernel_stddev = kernel_stddev
        self.bias_stddev = bias_stddev
        self.state = tuple(map(tuple, state))
        if not 0.0 <= feedback_alignment <= 1.0:
            raise invalid(
                "Feedback kernels cannot be aligned so.",
                expected="0 <= feedback_alignment <= 1",
                received=f"feedback_alignment={feedback_alignment}",
                remedy="0 draws them on their own, 1 makes them the kernels.",
            )
        self.feedback_alignment = float(feedback_alignment)
        self.built = True

    def init_phi(self, input_dim: int, seed: int | tuple[int, ...] = 0) -> Phi:
        """Draws phi from truncated normals, on the host.

        Args:
            input_dim: width of the inputs.
            seed: an integer, or a tuple of integers; the draws are a function of it.

        Returns:
            `Phi` of tensors of this layer's dtype.

        Raises:
            ValueError: inputs of this width have no place in the base model.
        """
        drawn = self.draw_phi(input_dim, seed)
        return keras.tree.map_structure(ops.convert_to_tensor, drawn)

    def draw_phi(self, input_dim: int, seed: int | tuple[int, ...] = 0) -> Phi:
        """As `init_phi`, but a `Phi` of NumPy arrays: nothing is laid on a device."""
        rng = generator(*seed) if isinstance(seed, tuple) else generator(seed)
        dtype = np.dtype(self.compute_dtype)

        def draw(stddev, *shape):
            return truncated_normal(rng, shape, stddev).astype(dtype)

        layers = []
        for fan_in, fan_out in self.shapes(input_dim):
            kernel = draw(self.kernel_stddev, fan_in, fan_out)
            bias = draw(self.bias_stddev, fan_out)
            feedback = draw(self.kernel_stddev, fan_in, fan_out)
            feedback = aligned_feedback(kernel, feedback, self.feedback_alignment)
            layers.append(LayerParams(kernel, bias, feedback))
        return Phi(tuple(layers), initial_state(self.state, layers))

    def forward(
        self, phi: Phi, x: Tensor, statistics: Statistics | None = None
    ) -> Activations:
        """All activations of a batch.

        Args:
            phi: `Phi` with one layer per kernel.
            x: inputs, `(batch, inputs)`; at least two rows unless `statistics` are
                given.
            statistics: `Statistics` to normalise with; those of this batch if None.

        Returns:
            `Activations`.

        Raises:
            ValueError: x or phi is of another shape than expected, x holds NaN or
                infinity, or a batch of one row is to be normalised by itself.
        """
        return self._pass(phi, x, statistics)[0]

    def embed(
        self, phi: Phi, x: Tensor, statistics: Statistics | None = None
    ) -> Tensor:
        """The embedding, `(batch, embedding_units)`; see `forward`."""
        return self.features(self.forward(phi, x, statistics).xs[-1])

    def call(self, phi: Phi, x: Tensor) -> Tensor:
        return self.embed(phi, x)

    def statistics(self, phi: Phi, x: Tensor) -> Statistics:
        """Moments of every layer's products on a reference batch.

        Embedding with them is inductive: a row's features do not depend on the other
        rows.

        Args:
            phi: `Phi`.
            x: reference inputs, `(examples, inputs)`. Where these have many positions,
                every k-th example is taken: 2^21 positions in all.

        Returns:
            `Statistics`.
        """
        positions = self.positions
        if positions > 1 and x.shape[0] is not None:
            x = x[:: -(-x.shape[0] * positions // REFERENCE_ROWS)]
        return self._pass(phi, x)[1]

    @property
    def positions(self) -> int:
        """Rows that an example has, on the level with the most."""
        return 1

    def connections(self, acts: Activations) -> tuple[Any, ...] | None:
        """How the layers read, a connection each; None where each reads the one below.

        Args:
            acts: `Activations`.
        """
        return tuple(
            self.connection(layer, acts.xs, acts.zs, acts.attention)
            for layer in range(len(acts.zs))
        )

    def connection(
        self,
        layer: int,
        xs: Sequence[Tensor],
        zs: Sequence[Tensor],
        attention: Sequence[Tensor],
    ) -> Any:
        """How a layer reads the levels below it: see `layers.connections`.

        Args:
            layer: index of the layer.
            xs: activations of the levels so far.
            zs: pre-activations of the layers so far.
            attention: attention weights so far, one per layer that mixes tokens.
        """
        raise NotImplementedError

    @property
    def layers(self) -> int:
        """How many kernels there are."""
        return len(self.units)

    @property
    def embedding_units(self) -> int:
        """Number of features."""
        return self.units[-1]

    @property
    def layer_units(self) -> tuple[int, ...]:
        """Numbers of `layer_features`."""
        return self.units

    def shapes(self, input_dim: int | None) -> list[tuple[int | None, int]]:
        """`(inputs, units)` of every kernel."""
        fan_ins = (input_dim, *self.units)
        return list(zip(fan_ins, self.units, strict=False))

    def inputs(self, fan_in: int) -> int:
        """Width of the examples, of the inputs of the first kernel."""
        return fan_in

    def rows(self, x: Tensor) -> Tensor:
        """The rows of the input level, `(rows, units)`."""
        return x

    def features(self, top: Tensor) -> Tensor:
        """The embedding of examples, `(batch, features)`, of the top level's rows."""
        return top

    def layer_features(self, xs: Sequence[Tensor]) -> list[Tensor]:
        """Features of every layer, `(batch, features)`, as the next one reads it.

        Args:
            xs: activations of all levels.

        Returns:
            One tensor per entry of `units`, the last of which is the embedding.
        """
        return list(xs[1:])

    def check_inputs(self, x: Tensor, phi: Phi, minimum_rows: int) -> None:
        """Raises `ValueError` unless x is a finite batch that fits phi and this."""
        check_inputs(x, phi, minimum_rows)

    def check_phi(self, phi: Phi, x: Tensor) -> None:
        """Raises `ValueError` unless phi has layers that fit together."""
        del x
        check_phi(phi, len(self.units))

    def form(self) -> list[Any]:
        """What a compiled function depends on, besides class and activation."""
        return [self.layers, self.epsilon, self.fan_in_scaling, self.compute_dtype]

    def _pass(self, phi, x, statistics=None):
        """`Activations`, and the `Statistics` that they were normalised with."""
        x = ops.convert_to_tensor(x, dtype=phi.layers[0].kernel.dtype)
        self.check_phi(phi, x)
        self.check_inputs(x, phi, minimum_rows=2 if statistics is None else 1)
        xs, zs, means, variances, attention = [self.rows(x)], [], [], [], []
        for level, layer in enumerate(phi.layers):
            connection = self.connection(level, xs, zs, attention)
            inputs = connection.spread(*(xs[source] for source in connection.levels))
            product = self._product(inputs, layer.kernel)
            if statistics is None:
                mean, variance = ops.moments(product, axes=0)
            else:
                mean, variance = statistics.means[level], statistics.variances[level]
            scale = ops.rsqrt(variance + self.epsilon)
            zs.append((product - mean) * scale + layer.bias)
            xs.append(self.activation(zs[-1]))
            means.append(mean)
            variances.append(variance)
            if connection.weights is not None:
                attention.append(connection.weights)
        return (
            Activations(xs=tuple(xs), zs=tuple(zs), attention=tuple(attention)),
            Statistics(means=tuple(means), variances=tuple(variances)),
        )

    def _product(self, x, kernel):
        product = backend.matmul(x, kernel)
        if self.fan_in_scaling:
            fan_in = ops.cast(ops.shape(kernel)[0], x.dtype)
            product = product * ops.rsqrt(fan_in)
        return product

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "units": self.units,
            "activation": keras.activations.serialize(self.activation),
            "epsilon": self.epsilon,
            "fan_in_scaling": self.fan_in_scaling,
            "kernel_stddev": self.kernel_stddev,
            "bias_stddev": self.bias_stddev,
            "state": self.state,
            "feedback_alignment": self.feedback_alignment,
        }
