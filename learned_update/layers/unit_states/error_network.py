"""The error-generating network: unit states and the error that is carried down."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import keras
from keras import ops

from learned_update.errors import invalid
from learned_update.layers.connections.direct import chain
from learned_update.layers.parts import PACKAGE, deserialize_part, serialize_part
from learned_update.layers.primitives.linear import Linear
from learned_update.layers.unit_states.contrast import Contrast
from learned_update.layers.unit_states.features import UnitInputs
from learned_update.ops.error_signal import carry_down, error_signal
from learned_update.ops.normalisation import scale_by_rms
from learned_update.types import Activations, Phi

PARTS = ("features", "top_error", "unit_network", "contrast")


class UnitStates(NamedTuple):
    """What the error network computes; one entry per level, 0 = input, L = top.

    Attributes:
        activity: features of activity, `(channels, batch, units)`, as all others.
        features: what the network of a unit sees.
        d: error that arrives from above.
        h: unit states.
        delta: error signal that a level hands on.
        readout_input: what the update network reads.
    """

    activity: tuple[Any, ...]
    features: tuple[Any, ...]
    d: tuple[Any, ...]
    h: tuple[Any, ...]
    delta: tuple[Any, ...]
    readout_input: tuple[Any, ...]


@keras.saving.register_keras_serializable(PACKAGE)
class ErrorNetwork(keras.layers.Layer):
    """h_l = unit_network(features_l, d_l); delta_l = d_l sigmoid(z) + linear(h_l).

    d_L comes from `top_error`; d_{l-1} is delta_l carried down through the feedback
    kernels and collected by the connections, summed over the layers that read the
    level, divided by its root mean square over channels; with a contrast, of delta_l
    less some of its mean over the batch. At the input z is x_0 and the
    bias 0 (released_rule, section 4).

    Args:
        features: layer that makes what the network of a unit sees.
        top_error: layer that makes d_L of the top level's activity.
        unit_network: layer that makes h of the features.
        carry_epsilon: added to the mean square over the channels of a carried error.
        carry_fan_scaling: whether a carried error is divided by sqrt(units above).
        readouts_see_all: whether the update network reads h, activity and delta
            (neuron_local) or h alone (released).
        contrast: `Contrast` between examples in what is carried down; None for none.
    """

    def __init__(
        self,
        features: keras.layers.Layer,
        top_error: keras.layers.Layer,
        unit_network: keras.layers.Layer,
        carry_epsilon: float,
        carry_fan_scaling: bool,
        readouts_see_all: bool,
        contrast: Contrast | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(autocast=False, **kwargs)
        self.features = features
        self.top_error = top_error
        self.unit_network = unit_network
        self.carry_epsilon = carry_epsilon
        self.carry_fan_scaling = carry_fan_scaling
        self.readouts_see_all = readouts_see_all
        self.contrast = contrast
        self.delta_readout = Linear(top_error.delta_channels, dtype=self.dtype_policy)

    def build(self, input_shape: Any = None) -> None:
        del input_shape
        delta_channels = self.top_error.delta_channels
        self.top_error.build((self.features.activity_channels, None, None))
        self.features.build(delta_channels)
        seen = (self.features.channels(delta_channels), None, None)
        self.unit_network.build(seen)
        states = self.unit_network.compute_output_shape(seen)
        self.delta_readout.build(states)
        if self.contrast is not None:
            self.contrast.build()
        self.readout_channels = states[0]
        if self.readouts_see_all:
            self.readout_channels += self.features.activity_channels + delta_channels

    def call(
        self,
        phi: Phi,
        acts: Activations,
        connections: Sequence[Any] | None = None,
        time: Any = None,
    ) -> UnitStates:
        """Unit states of all levels.

        Args:
            phi: `Phi`; the error is carried through `feedback`.
            acts: `Activations` of a batch.
            connections: how the layers read, see `layers.connections`; None where
                each reads the level below as it is.
            time: functions of the inner step, `(functions,)`; None without a clock.

        Returns:
            `UnitStates`.
        """
        connections = connections or chain(len(phi.layers))
        levels = len(acts.xs)
        zs = (acts.xs[0], *acts.zs)  # the z of the input level is x_0
        activity = [
            self.features.activity(x, z) for x, z in zip(acts.xs, zs, strict=True)
        ]
        self.check_embedding(acts.xs[-1].shape[-1])
        d = self.top_error(activity[-1])
        arriving: list[tuple[Any, ...]] = [()] * levels
        states = []
        for level in reversed(range(levels)):
            if level < levels - 1:
                carried = sum(arriving[level][1:], start=arriving[level][0])
                d = scale_by_rms(carried, self.carry_epsilon, axis=0)
            inputs = _unit_inputs(phi, acts, connections, level)
            inputs = inputs._replace(z=zs[level], time=time)
            seen = self.features(activity[level], d, inputs)
            h = self.unit_network(seen)
            delta = error_signal(d, zs[level], self.delta_readout(h))
            states.append((activity[level], seen, d, h, delta))
            if level:
                feedback = phi.layers[level - 1].feedback
                handed_on = delta if self.contrast is None else self.contrast(delta)
                carried = carry_down(handed_on, feedback, self.carry_fan_scaling)
                connection = connections[level - 1]
                errors = connection.collect(carried)
                for source, error in zip(connection.levels, errors, strict=True):
                    arriving[source] = (*arriving[source], error)
        states.reverse()
        readout_inputs = tuple(
            self._readout_input(activity, h, delta)
            for activity, _, _, h, delta in states
        )
        activities, features, ds, hs, deltas = zip(*states, strict=True)
        return UnitStates(activities, features, ds, hs, deltas, readout_inputs)

    def _readout_input(self, activity, h, delta):
        if not self.readouts_see_all:
            return h
        return ops.concatenate([h, activity, delta], axis=0)

    def check_embedding(self, width: int | None) -> None:
        """Raises `ValueError` unless the top layer may have so many units."""
        needed = self.top_error.embedding_units
        if needed is not None and width not in (None, needed):
            raise invalid(
                "This rule fits one width of the embedding only.",
                expected=f"a base model with units[-1] = {needed}",
                received=f"{width} units on the top layer",
                remedy="Use that width, or a rule of the neuron_local form.",
            )

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            **{part: serialize_part(getattr(self, part)) for part in PARTS},
            "carry_epsilon": self.carry_epsilon,
            "carry_fan_scaling": self.carry_fan_scaling,
            "readouts_see_all": self.readouts_see_all,
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "ErrorNetwork":
        for part in PARTS:
            config[part] = deserialize_part(config.get(part))
        return cls(**config)


def _unit_inputs(phi, acts, connections, level):
    below = phi.layers[level - 1] if level else None
    above = [
        weights
        for layer, connection in zip(phi.layers, connections, strict=True)
        if level in connection.levels
        for source, weights in zip(
            connection.levels, connection.outgoing(layer.kernel), strict=True
        )
        if source == level
    ]
    if len(above) > 1:
        above = [ops.concatenate(above, axis=1)]
    return UnitInputs(
        bias=below.bias if below else ops.zeros_like(acts.xs[0][0]),
        kernel_below=below.kernel if below else None,
        kernel_above=above[0] if above else None,
    )
