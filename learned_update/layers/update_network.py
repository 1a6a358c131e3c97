"""The update network: states of the units of two levels to changes of a layer."""

import functools
from collections.abc import Sequence
from typing import Any, NamedTuple

import keras
from keras import ops

from learned_update import backend
from learned_update.layers.connections.direct import chain
from learned_update.layers.parts import PACKAGE, deserialize_part, serialize_part
from learned_update.layers.primitives.linear import Linear
from learned_update.layers.unit_states.error_network import UnitStates
from learned_update.types import Activations, LayerParams, Phi


class SideStates(NamedTuple):
    """One side of a kernel.

    Attributes:
        x: activations, `(rows, units)`; below, inputs of the kernel.
        z: pre-activations, `(rows, units)`; below, those of no use: None.
        readout_input: what is read out of the units, `(channels, rows, units)`; below,
            of each level that the kernel reads, a tuple.
    """

    x: Any
    z: Any
    readout_input: Any


@keras.saving.register_keras_serializable(PACKAGE)
class BiasChange(keras.layers.Layer):
    """r_j = mean_b linear(state)_bj, bounded: change_b = r / sqrt(epsilon + mean r^2).

    Args:
        lift: whether a negative mean of r over the units is lifted to 0 first
            (released_rule, section 6).
        from_zero: whether the readout starts at zero (neuron_local).
        epsilon: below which the change is left small.
    """

    def __init__(self, lift, from_zero, epsilon=0.5, **kwargs):
        super().__init__(autocast=False, **kwargs)
        self.lift = lift
        self.from_zero = from_zero
        self.epsilon = epsilon
        self.readout = Linear(1, from_zero=from_zero, dtype=self.dtype_policy)

    def build(self, readout_channels):
        self.readout.build((readout_channels, None, None))

    def call(self, above):
        """The change of a bias, `(units,)`, of the `SideStates` of its units."""
        mean_state = backend.mean(above.readout_input, axis=1)  # the readout is linear
        r = self.readout(mean_state)[0]  # (units,)
        if self.lift:
            r = r + ops.relu(-backend.mean(r))
        return r * ops.rsqrt(self.epsilon + backend.mean(ops.square(r)))

    def get_config(self):
        return {
            **super().get_config(),
            "lift": self.lift,
            "from_zero": self.from_zero,
            "epsilon": self.epsilon,
        }


@keras.saving.register_keras_serializable(PACKAGE)
class UpdateNetwork(keras.layers.Layer):
    """Changes of kernel, bias and feedback of every layer (released_rule, 5 and 6).

    Args:
        weight_change: `WeightChange` of the kernels.
        bias_change: layer that makes the change of a bias.
        feedback_change: `WeightChange` of the feedback kernels; None gives them the
            change of the kernels (`identical_updates`).
    """

    def __init__(
        self,
        weight_change: keras.layers.Layer,
        bias_change: keras.layers.Layer,
        feedback_change: keras.layers.Layer | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(autocast=False, **kwargs)
        self.weight_change = weight_change
        self.bias_change = bias_change
        self.feedback_change = feedback_change

    @property
    def identical_updates(self) -> bool:
        """Whether feedback kernels receive the change of the kernels."""
        return self.feedback_change is None

    def build(self, readout_channels: int) -> None:
        self.weight_change.build(readout_channels)
        self.bias_change.build(readout_channels)
        if self.feedback_change is not None:
            self.feedback_change.build(readout_channels)

    def call(
        self,
        phi: Phi,
        acts: Activations,
        states: UnitStates,
        connections: Sequence[Any] | None = None,
        time: Any = None,
    ) -> Phi:
        """Changes before the inner learning rate.

        Args:
            phi: `Phi`.
            acts: `Activations`.
            states: `UnitStates`.
            connections: how the layers read, see `layers.connections`; None where
                each reads the level below as it is.
            time: functions of the inner step, `(functions,)`; None without a clock.

        Returns:
            `Phi` of changes.
        """
        layers = []
        sides = self.sides(phi, acts, states, connections, time)
        for index, (layer, side) in enumerate(zip(phi.layers, sides, strict=True)):
            kernel = self.weight_change(layer.kernel, **side)
            if self.feedback_change is None:
                feedback = kernel
            else:
                feedback = self.feedback_change(layer.feedback, **side)
            above = _above(acts, states, index)  # all rows
            layers.append(LayerParams(kernel, self.bias_change(above), feedback))
        return Phi(layers=tuple(layers))

    def sides(
        self,
        phi: Phi,
        acts: Activations,
        states: UnitStates,
        connections: Sequence[Any] | None = None,
        time: Any = None,
    ) -> list[dict[str, Any]]:
        """What a `WeightChange` sees beside the kernel, layer by layer.

        Args:
            phi: `Phi`.
            acts: `Activations`.
            states: `UnitStates`.
            connections: as in `call`.
            time: as in `call`.

        Returns:
            A list of dicts of the arguments of `WeightChange.call`: `SideStates` of
            the rows that the change is made of, `below` and `above`, `spread`,
            `feedback` and `time`.
        """
        connections = connections or chain(len(phi.layers))
        sides = []
        for index, connection in enumerate(connections):
            every = connection.every(acts.zs[index].shape[0])
            spread = functools.partial(connection.spread, every=every)
            below = SideStates(
                x=spread(*(acts.xs[level] for level in connection.levels)),
                z=None,
                readout_input=tuple(
                    states.readout_input[level] for level in connection.levels
                ),
            )
            above = _above(acts, states, index)
            if every > 1:
                above = SideStates(*(x[..., ::every, :] for x in above))
            sides.append(
                {
                    "below": below,
                    "above": above,
                    "spread": spread,
                    "feedback": phi.layers[index].feedback,
                    "time": time,
                }
            )
        return sides

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "weight_change": serialize_part(self.weight_change),
            "bias_change": serialize_part(self.bias_change),
            "feedback_change": serialize_part(self.feedback_change),
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "UpdateNetwork":
        for part in ("weight_change", "bias_change", "feedback_change"):
            config[part] = deserialize_part(config[part])
        return cls(**config)


def _above(acts, states, layer):
    """`SideStates` of the units that a layer makes."""
    return SideStates(
        acts.xs[layer + 1], acts.zs[layer], states.readout_input[layer + 1]
    )
