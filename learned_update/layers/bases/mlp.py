"""The base model: the MLP whose parameters phi the update rule changes."""

from collections.abc import Sequence

import keras

from learned_update.layers.bases.wired import WiredBase
from learned_update.layers.connections.direct import Direct
from learned_update.layers.parts import PACKAGE
from learned_update.types import Activations, Tensor


@keras.saving.register_keras_serializable(PACKAGE)
class BaseMLP(WiredBase):
    """z_l = batchnorm(x_l W_l) + b_l, x_{l+1} = act(z_l), also on the top layer.

    It owns no variables: phi is an argument and a result (released_rule, section 1).

    Args:
        units: widths of the layers, bottom to top; the last is the embedding's.
        activation: a Keras activation by name or callable, or `"step"`.
        epsilon: added to the batch variance (1e-6 in the released form).
        fan_in_scaling: whether x W is divided by sqrt(fan-in), so that kernels live
            at unit scale (neuron_local).
        kernel_stddev: of the truncated normals that `kernel` and `feedback` start at.
        bias_stddev: of the truncated normals that `bias` starts at.
        state: what the rule keeps of each layer beyond these, see `rule_state`.
        feedback_alignment: correlation of `feedback` with `kernel` when phi is drawn,
            from 0 to 1.

    Raises:
        ValueError: `units` is no sequence of integers from 1, or there is no such
            activation.
    """

    def connections(self, acts: Activations) -> None:
        """None: every layer reads the level below as it is."""
        del acts

    def connection(
        self,
        layer: int,
        xs: Sequence[Tensor],
        zs: Sequence[Tensor],
        attention: Sequence[Tensor],
    ) -> Direct:
        """The level below."""
        del xs, zs, attention
        return Direct(layer)
