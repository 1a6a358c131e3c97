"""The update rule: a Keras layer that owns theta."""

from collections.abc import Mapping, Sequence
from typing import Any

import keras
import numpy as np

from learned_update.errors import invalid
from learned_update.layers.bases.wired import WiredBase, truncated_normal
from learned_update.layers.forms import neuron_local_parts
from learned_update.layers.inner_learning_rate import FixedRate, Rates
from learned_update.layers.parts import PACKAGE, deserialize_part, serialize_part
from learned_update.layers.rule import Rule
from learned_update.layers.unit_states.error_network import ErrorNetwork
from learned_update.layers.update_network import UpdateNetwork
from learned_update.ops.leaky_step import leaky_step
from learned_update.randomness import generator
from learned_update.types import Activations, LayerParams, Phi

FEEDBACK_MODES = ("learned", "fixed", "transpose")


@keras.saving.register_keras_serializable(PACKAGE)
class UpdateRule(Rule):
    """phi and a batch's activations to a change of phi, without labels.

    An inner step is phi <- (1 - rate) phi - rate change. Without arguments it is the
    `neuron_local` form at its hand-made initial theta.

    Args:
        error_network: `ErrorNetwork`.
        update_network: `UpdateNetwork`.
        inner_learning_rate: `LearnedRate`, `FixedRate`, or a number for the latter.
        base_options: conventions of the base models that the rule is made for:
            `epsilon`, `fan_in_scaling`, `kernel_stddev`, `bias_stddev` of `BaseMLP`.
        feedback: what carries the error down: `"learned"` feedback kernels, `"fixed"`
            random ones, or `"transpose"`: the kernels themselves, as backpropagation.
        seed: of the random part of the initial theta; the same on every backend.

    Raises:
        ValueError: `feedback` is none of the three modes.
    """

    built: bool  # of Keras' layers

    def __init__(
        self,
        error_network: ErrorNetwork | None = None,
        update_network: UpdateNetwork | None = None,
        inner_learning_rate: keras.layers.Layer | float | None = None,
        base_options: Mapping[str, Any] | None = None,
        feedback: str = "learned",
        seed: int = 0,
        **kwargs: Any,
    ) -> None:
        super().__init__(autocast=False, **kwargs)
        if feedback not in FEEDBACK_MODES:
            raise invalid(
                "Unknown feedback mode.",
                expected=f"one of {', '.join(FEEDBACK_MODES)}",
                received=f"feedback={feedback!r}",
                remedy="'learned' is the paper's.",
            )

        parts: dict[str, Any] = {
            "error_network": error_network,
            "update_network": update_network,
            "inner_learning_rate": inner_learning_rate,
            "base_options": base_options,
        }
        if any(part is None for part in parts.values()):
            defaults = neuron_local_parts(dtype=self.dtype_policy)
            parts = {k: defaults[k] if v is None else v for k, v in parts.items()}
        if isinstance(parts["inner_learning_rate"], (int, float)):
            parts["inner_learning_rate"] = FixedRate(
                parts["inner_learning_rate"], dtype=self.dtype_policy
            )
        self.error_network = parts["error_network"]
        self.update_network = parts["update_network"]
        self.rate = parts["inner_learning_rate"]
        self.base_options = dict(parts["base_options"])
        self.feedback = feedback
        self.seed = seed
        self.build()

    def build(self, input_shape: Any = None) -> None:
        del input_shape
        if self.built:
            return
        self.error_network.build()
        self.update_network.build(self.error_network.readout_channels)
        self.rate.build()
        self.built = True
        self._draw_theta()

    def _draw_theta(self):
        """Draws every kernel from a truncated normal of stddev 1/sqrt(fan-in)."""
        for index, variable in enumerate(self.trainable_variables):
            if variable.name.endswith("kernel"):
                fan_in = int(np.prod(variable.shape[:-1]))
                rng = generator(self.seed, index)
                variable.assign(truncated_normal(rng, variable.shape, fan_in**-0.5))

    @property
    def inner_learning_rate(self) -> float | Rates:
        """The constant rate as a float, or the learned `Rates` as floats."""
        rates = self.rate.rates()
        kernel, bias = (float(keras.ops.convert_to_numpy(rate)) for rate in rates)
        return kernel if kernel == bias else type(rates)(kernel, bias)

    @property
    def embedding_units(self) -> int | None:
        """The width of the embedding that theta is made for; None for any."""
        return self.error_network.top_error.embedding_units

    def check_base(self, base: WiredBase) -> None:
        """Raises `ValueError` unless the embedding has the width that theta is for."""
        self.error_network.check_embedding(base.units[-1])

    def call(
        self,
        phi: Phi,
        acts: Activations,
        connections: Sequence[Any] | None = None,
    ) -> tuple[Phi, Rates]:
        """The change of phi that a batch calls for.

        Args:
            phi: `Phi`.
            acts: `Activations` of the batch.
            connections: `base.connections(acts)`: how the layers read, None where
                each reads the level below as it is.

        Returns:
            `(change, rates)`: a `Phi` of changes, before the inner learning rate, and
            the `Rates`.
        """
        phi = self._with_feedback(phi)
        states = self.error_network(phi, acts, connections=connections)
        change = self.update_network(phi, acts, states, connections=connections)
        return change, self.rate.rates()

    def apply_change(self, phi: Phi, change: Phi, rates: Rates) -> Phi:
        """phi <- (1 - rate) phi - rate change; feedback stays unless it is learned."""
        layers = []
        for old, new in zip(phi.layers, change.layers, strict=True):
            kernel = leaky_step(old.kernel, new.kernel, rates.kernel)
            bias = leaky_step(old.bias, new.bias, rates.bias)
            feedback = old.feedback
            if self.feedback == "learned":
                feedback = leaky_step(old.feedback, new.feedback, rates.kernel)
            layers.append(LayerParams(kernel, bias, feedback))
        return phi._replace(layers=tuple(layers))

    def trace(
        self,
        phi: Phi,
        acts: Activations,
        connections: Sequence[Any] | None = None,
    ) -> dict[str, Any]:
        """Everything on the way to the change, for tests and diagnostics.

        Args:
            phi: `Phi`.
            acts: `Activations` of a batch.
            connections: as in `call`.

        Returns:
            A dict of lists: `features`, `d`, `h`, `delta` by level (0 = input), their
            channels last;
            `readouts`, `terms`, `normalized_terms` (dicts by name) and `change` by
            layer, of the kernels.
        """
        phi = self._with_feedback(phi)
        states = self.error_network(phi, acts, connections=connections)
        sides = self.update_network.sides(phi, acts, states, connections)
        layers = [
            self.update_network.weight_change.trace(layer.kernel, **side)
            for layer, side in zip(phi.layers, sides, strict=True)
        ]
        trace = keras.tree.map_structure(
            lambda x: keras.ops.moveaxis(x, 0, -1),
            {key: list(getattr(states, key)) for key in states._fields},
        )
        return {**trace, **{key: [x[key] for x in layers] for key in layers[0]}}

    def _with_feedback(self, phi):
        if self.feedback != "transpose":
            return phi
        layers = tuple(x._replace(feedback=x.kernel) for x in phi.layers)
        return phi._replace(layers=layers)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "error_network": serialize_part(self.error_network),
            "update_network": serialize_part(self.update_network),
            "inner_learning_rate": serialize_part(self.rate),
            "base_options": self.base_options,
            "feedback": self.feedback,
            "seed": self.seed,
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "UpdateRule":
        for part in ("error_network", "update_network", "inner_learning_rate"):
            config[part] = deserialize_part(config[part])
        return cls(**config)
