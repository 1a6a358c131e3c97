"""What the network of a unit sees of the unit (released_rule, section 4)."""

from typing import Any, NamedTuple

import keras
from keras import ops

from learned_update.checks import is_integer
from learned_update.errors import invalid
from learned_update.layers.parts import PACKAGE
from learned_update.layers.primitives.batch_norm import BatchNorm
from learned_update.ops.normalisation import centre, scale_by_rms
from learned_update.ops.unit_features import (
    bounded_moment,
    correlation_projection,
    positional_waves,
    winner_share,
)
from learned_update.ops.weight_statistics import weight_statistics

ACTIVITY_EPSILON = 1e-4  # neuron_local: of the features' root mean squares


class UnitInputs(NamedTuple):
    """What belongs to the units of one level besides their activity and error.

    Attributes:
        bias: `(units,)`; zeros at the input.
        kernel_below: `(units_below, units)`; None at the input.
        kernel_above: weights that leave the units, `(units, weights)`; None at the
            top.
        z: pre-activations, `(batch, units)`; at the input the activations.
        time: functions of the inner step, `(functions,)`; None without a clock.
    """

    bias: Any
    kernel_below: Any
    kernel_above: Any
    z: Any = None
    time: Any = None


class _Features(keras.layers.Layer):
    """Common to both forms: the switches and the channels that they add."""

    def __init__(self, weight_statistics=True, unit_identity=False, **kwargs):
        super().__init__(autocast=False, **kwargs)
        self.weight_statistics = weight_statistics
        self.unit_identity = unit_identity

    def _unit_channels(self, inputs):
        """Weight statistics (if switched on) and bias, `(9 or 1, units)`."""
        bias = ops.expand_dims(inputs.bias, 0)  # (1, units)
        if not self.weight_statistics:
            return bias
        statistics = weight_statistics(inputs.kernel_below, inputs.kernel_above)
        return ops.concatenate([ops.transpose(statistics), bias], axis=0)

    def _with_identity(self, activity):
        """Adds sin and cos of the position of a unit, if switched on."""
        if not self.unit_identity:
            return activity
        waves = positional_waves(ops.shape(activity)[2], activity.dtype)
        repeated = _repeat(ops.transpose(waves), activity)
        return ops.concatenate([activity, repeated], axis=0)

    def get_config(self):
        return {
            **super().get_config(),
            "weight_statistics": self.weight_statistics,
            "unit_identity": self.unit_identity,
        }


@keras.saving.register_keras_serializable(PACKAGE)
class ReleasedFeatures(_Features):
    """x, z, sin, cos and the error, batch-normalised; weight statistics and bias.

    Args:
        weight_statistics: whether a unit sees statistics of its own weights.
        unit_identity: whether it sees sin and cos of its own position.
    """

    def __init__(self, weight_statistics=True, unit_identity=True, **kwargs):
        super().__init__(weight_statistics, unit_identity, **kwargs)
        self.norm = BatchNorm(dtype=self.dtype_policy)

    @property
    def activity_channels(self):
        return 4 if self.unit_identity else 2

    def channels(self, delta_channels):
        unit_channels = 9 if self.weight_statistics else 1
        return unit_channels + self.activity_channels + delta_channels

    def build(self, delta_channels):
        self.norm.build((self.activity_channels + delta_channels, None, None))

    def activity(self, x, z):
        """x, z and the position, `(activity_channels, batch, units)`."""
        return self._with_identity(ops.stack([x, z]))

    def call(self, activity, d, inputs):
        normalised = self.norm(ops.concatenate([activity, d], axis=0))
        unit_channels = _repeat(self._unit_channels(inputs), d)
        return ops.concatenate([unit_channels, normalised], axis=0)


@keras.saving.register_keras_serializable(PACKAGE)
class LocalFeatures(_Features):
    """Weight statistics, bias and flags; four features of activity and the error.

    Centred x, centred z, the winner's share and the correlation projection, each
    divided by its root mean square over the tensor (neuron_local). What is known per
    unit is kept apart from what is known per example and unit: see `UnitLinear`.
    Moments beyond the second come after them, and time, if there is a clock, last.

    Args:
        weight_statistics: whether a unit sees statistics of its own weights.
        unit_identity: whether it sees sin and cos of its own position, which gives
            up the equivariance to the order of units.
        moments: orders of the moments of z over the batch that a unit sees, such as
            (3, 4), see `bounded_moment`.

    Raises:
        ValueError: an order is no integer from 3.
    """

    def __init__(
        self, weight_statistics=True, unit_identity=False, moments=(), **kwargs
    ):
        super().__init__(weight_statistics, unit_identity, **kwargs)
        if not all(is_integer(order) and order >= 3 for order in moments):
            raise invalid(
                "A unit sees no such moments.",
                expected="orders as integers >= 3, such as (3, 4)",
                received=f"moments={moments!r}",
                remedy="Mean and variance are taken off before.",
            )
        self.moments = tuple(moments)

    @property
    def activity_channels(self):
        return 6 if self.unit_identity else 4

    def channels(self, delta_channels):
        unit_channels = 11 if self.weight_statistics else 3
        return unit_channels + self.activity_channels + delta_channels

    def build(self, delta_channels):
        del delta_channels

    def activity(self, x, z):
        """The features of activity, `(activity_channels, batch, units)`."""
        features = (centre(x), centre(z), winner_share(z), correlation_projection(x))
        return self._with_identity(
            ops.stack([scale_by_rms(f, ACTIVITY_EPSILON) for f in features])
        )

    def call(self, activity, d, inputs):
        unit_channels = self._unit_channels(inputs)
        is_input = float(inputs.kernel_below is None)
        is_top = float(inputs.kernel_above is None)
        ones = ops.ones_like(unit_channels[:1])
        unit_channels = ops.concatenate(
            [unit_channels, is_input * ones, is_top * ones], axis=0
        )
        seen = (unit_channels, ops.concatenate([activity, d], axis=0))
        if self.moments:
            moments = [bounded_moment(inputs.z, order) for order in self.moments]
            seen = (*seen, ops.stack(moments))  # (moments, units)
        return seen if inputs.time is None else (*seen, inputs.time)

    def get_config(self):
        return {**super().get_config(), "moments": self.moments}


def _repeat(unit_channels, like):
    """`(channels, units)` repeated for every example, `(channels, batch, units)`."""
    return ops.broadcast_to(
        ops.expand_dims(unit_channels, 1),
        (unit_channels.shape[0], *ops.shape(like)[1:]),
    )
