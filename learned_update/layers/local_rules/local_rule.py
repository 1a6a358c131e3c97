"""What local rules share: constants that are theta, and a step without a leak."""

import keras
import numpy as np
from keras import ops

from learned_update.errors import invalid
from learned_update.layers.inner_learning_rate import Rates
from learned_update.layers.local_rules.layer_view import LayerView
from learned_update.layers.rule import Rule
from learned_update.layers.rule_state import (
    change_of_state,
    changed_state,
    check_state,
)
from learned_update.types import LayerParams, Phi

BASE = {  # as the neuron-local form, so that both begin at the same phi
    "epsilon": 1e-4,
    "fan_in_scaling": True,
    "kernel_stddev": 1.0,
    "bias_stddev": 0.1,
}


class LocalRule(Rule):
    """A rule by which every layer learns from what its own units see.

    Its constants are positive numbers; theta holds their logarithms, so that they can
    be meta-trained like any theta. The step is W <- W + rate dW, without the leak of
    `UpdateRule`. Equations are those of the weights w = W / sqrt(inputs), which the
    base model's products x w are made with and which begin at columns of norm 1; W
    changes by sqrt(inputs) dw. Biases stay: they come after a normalisation by the
    batch that the rules do not know of.

    A subclass has `layer_change`, or `layer_changes` where layers are not alone.

    Args:
        constants: `{name: value}`; `"rate"` is that of the kernels.
        seed: of the random part of the initial theta, where there is one.

    Attributes:
        sees: what a synapse needs to know, in words, for tables.
        state: what is kept of each layer, see `rule_state`.

    Raises:
        ValueError: a constant is not positive.
    """

    sees = "pre, post"
    state = ()

    def __init__(self, constants, seed=0, **kwargs):
        super().__init__(autocast=False, **kwargs)
        for name, value in constants.items():
            if not 0.0 < value < float("inf"):
                raise invalid(
                    f"A constant of a local rule must be positive: {name}.",
                    expected=f"0 < {name} < infinity",
                    received=f"{name}={value}",
                    remedy="Take a small number, such as 1e-6, for none of it.",
                )
        self.initial_constants = {x: float(y) for x, y in constants.items()}
        self.base_options = {**BASE, "state": self.state}
        self.seed = seed
        self.build()

    def build(self, input_shape=None):
        del input_shape
        if self.built:
            return
        self._logarithms = {
            name: self.add_weight(
                (), keras.initializers.Constant(np.log(value)), name=f"log_{name}"
            )
            for name, value in self.initial_constants.items()
        }
        self.built = True

    def base_model(self, kind, units, activation=None, **kwargs):
        """As `Rule.base_model`, of an MLP: equations are of layers that see all units.

        Raises:
            ValueError: for another kind, or as `Rule.base_model`.
        """
        if kind != "mlp":
            raise invalid(
                "A local rule of the literature changes MLPs only.",
                expected="base='mlp'",
                received=f"base={kind!r}",
                remedy="A rule such as 'glyphs' applies to the other base models.",
            )
        return super().base_model(kind, units, activation, **kwargs)

    def constants(self):
        """`{name: scalar}` now, the exponentials of theta."""
        return {name: ops.exp(log) for name, log in self._logarithms.items()}

    def call(self, phi, acts):
        """The change of phi that a batch calls for.

        Args:
            phi: `Phi`.
            acts: `Activations` of the batch.

        Returns:
            `(change, rates)`: a `Phi` of changes, which a step subtracts; those of
            kernels and feedback before the rate, those of the state as they are.

        Raises:
            ValueError: phi lacks the state that the rule keeps.
        """
        check_state(phi, self.state, type(self).__name__)
        constants = self.constants()
        views = self._views(phi, acts)
        layers, state = [], []
        changes = self.layer_changes(constants, views)
        for old, change in zip(phi.layers, changes, strict=True):
            scale = -ops.sqrt(ops.cast(ops.shape(old.kernel)[0], old.kernel.dtype))
            feedback = ops.zeros_like(old.feedback)
            if change.feedback is not None:
                feedback = scale * change.feedback
            kernel = scale * change.weights
            layers.append(LayerParams(kernel, ops.zeros_like(old.bias), feedback))
            state.append(dict(change.state))
        change = Phi(tuple(layers), change_of_state(phi, state))
        return change, Rates(constants["rate"], constants["rate"])

    def apply_change(self, phi, change, rates):
        """Subtracts a change, kernels and feedback at the rate, the state at 1."""
        layers = tuple(
            LayerParams(
                old.kernel - rates.kernel * new.kernel,
                old.bias - rates.bias * new.bias,
                old.feedback - rates.kernel * new.feedback,
            )
            for old, new in zip(phi.layers, change.layers, strict=True)
        )
        return Phi(layers, changed_state(phi.state, change.state))

    def layer_changes(self, constants, views):
        """`LocalChange` of every layer.

        Args:
            constants: `{name: scalar}`.
            views: `LayerView`s, bottom to top.
        """
        return [self.layer_change(constants, view) for view in views]

    def layer_change(self, constants, view):
        """`LocalChange` of one layer, from its own `LayerView`."""
        raise NotImplementedError

    def _views(self, phi, acts):
        views = []
        for level, layer in enumerate(phi.layers):
            inputs = ops.cast(ops.shape(layer.kernel)[0], layer.kernel.dtype)
            views.append(
                LayerView(
                    x=acts.xs[level],
                    z=acts.zs[level],
                    y=acts.xs[level + 1],
                    weights=layer.kernel * ops.rsqrt(inputs),
                    bias=layer.bias,
                    feedback=layer.feedback * ops.rsqrt(inputs),
                    state=phi.state[level] if phi.state else {},
                )
            )
        return views

    def get_config(self):
        return {**super().get_config(), **self.initial_constants, "seed": self.seed}
