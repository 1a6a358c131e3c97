"""The update rule: a Keras layer that owns theta."""

from collections.abc import Mapping, Sequence
from typing import Any

import keras
import numpy as np

from learned_update.errors import invalid
from learned_update.layers.bases.wired import WiredBase, truncated_normal
from learned_update.layers.forms import neuron_local_parts
from learned_update.layers.inner_learning_rate import (
    FixedRate,
    Rates,
    RatesAndLeaks,
)
from learned_update.layers.parts import (
    NEUTRAL,
    PACKAGE,
    deserialize_part,
    serialize_part,
)
from learned_update.layers.rule import Rule
from learned_update.layers.rule_state import (
    change_of_state,
    changed_state,
    check_state,
)
from learned_update.layers.stepping.clock import Clock
from learned_update.layers.stepping.momentum import Momentum
from learned_update.layers.unit_states.error_network import ErrorNetwork
from learned_update.layers.update_network import UpdateNetwork
from learned_update.ops.leaky_step import leaky_step
from learned_update.randomness import generator
from learned_update.types import Activations, LayerParams, Phi

PARTS = ("error_network", "update_network", "inner_learning_rate", "clock", "momentum")
FEEDBACK_MODES = ("learned", "fixed", "transpose")


@keras.saving.register_keras_serializable(PACKAGE)
class UpdateRule(Rule):
    """phi and a batch's activations to a change of phi, without labels.

    An inner step is phi <- (1 - rate) phi - rate change. Without arguments it is the
    `neuron_local` form at its hand-made initial theta. What a clock and a momentum
    keep lies in phi's state, drawn with phi.

    Args:
        error_network: `ErrorNetwork`.
        update_network: `UpdateNetwork`.
        inner_learning_rate: `LearnedRate`, `RateMap`, `FixedRate`, or a number for the
            latter.
        base_options: conventions of the base models that the rule is made for:
            `epsilon`, `fan_in_scaling`, `kernel_stddev`, `bias_stddev`,
            `feedback_alignment` of `BaseMLP`.
        feedback: what carries the error down: `"learned"` feedback kernels, `"fixed"`
            random ones, or `"transpose"`: the kernels themselves, as backpropagation.
        seed: of the random part of the initial theta; the same on every backend.
        clock: `Clock`, with which the rule sees time; None for a rule that does not.
        momentum: `Momentum` of the steps; None for steps along the change alone.

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
        clock: Clock | None = None,
        momentum: Momentum | None = None,
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
        self.clock, self.momentum = clock, momentum
        keeping = [part for part in (clock, momentum) if part is not None]
        self.state = tuple(kept for part in keeping for kept in part.state)
        if self.state:
            self.base_options["state"] = self.state
        self.feedback = feedback
        self.seed = seed
        self.build()

    def build(self, input_shape: Any = None) -> None:
        del input_shape
        if self.built:
            return
        self.error_network.build()
        self.update_network.build(self.error_network.readout_channels)
        self.rate.build(0 if self.clock is None else self.clock.functions)
        if self.momentum is not None:
            self.momentum.build()
        self.built = True
        self._draw_theta()

    def _draw_theta(self):
        """Draws every kernel from a truncated normal of stddev 1/sqrt(fan-in)."""
        drawn = [x for x in self.trainable_variables if not x.name.startswith(NEUTRAL)]
        for index, variable in enumerate(drawn):
            if variable.name.endswith("kernel"):
                fan_in = int(np.prod(variable.shape[:-1]))
                rng = generator(self.seed, index)
                variable.assign(truncated_normal(rng, variable.shape, fan_in**-0.5))

    @property
    def inner_learning_rate(self) -> float | Rates | RatesAndLeaks:
        """The constant rate as a float, or the learned `Rates` as floats.

        Where rates differ by place and with time, those of a layer between others
        before the first step.
        """
        rates = self.rate.rates()
        floats = [float(keras.ops.convert_to_numpy(rate)) for rate in rates]
        return floats[0] if len(set(floats)) == 1 else type(rates)(*floats)

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
    ) -> tuple[Phi, tuple[Rates | RatesAndLeaks, ...]]:
        """The change of phi that a batch calls for.

        Args:
            phi: `Phi`.
            acts: `Activations` of the batch.
            connections: `base.connections(acts)`: how the layers read, None where
                each reads the level below as it is.

        Returns:
            `(change, rates)`: a `Phi` of changes, those of the layers before the inner
            learning rate, and the `Rates` of every layer.

        Raises:
            ValueError: phi lacks the state of the rule's clock or momentum.
        """
        check_state(phi, self.state, type(self).__name__)
        phi, time = self._with_feedback(phi), self.time(phi)
        states = self.error_network(phi, acts, connections=connections, time=time)
        change = self.update_network(
            phi, acts, states, connections=connections, time=time
        )
        rates = self.rate.of_layers(len(phi.layers), time)
        return self._with_state(phi, change), rates

    def time(self, phi: Phi) -> Any:
        """What the rule sees of time, `(functions,)`; None without a clock."""
        return None if self.clock is None else self.clock.time(phi.state[0])

    def _with_state(self, phi, change):
        """The change along which a step goes, with that of phi's state."""
        if not phi.state:
            return change
        layers, following = list(change.layers), [{} for _ in change.layers]
        for index, state in enumerate(phi.state):
            if self.clock is not None:
                following[index] |= self.clock.after(state)
            if self.momentum is not None:
                layers[index], slots = self.momentum(layers[index], state)
                following[index] |= slots
        return Phi(tuple(layers), change_of_state(phi, following))

    def apply_change(
        self, phi: Phi, change: Phi, rates: Sequence[Rates | RatesAndLeaks]
    ) -> Phi:
        """phi <- (1 - leak) phi - rate change; feedback stays unless it is learned.

        The leak is the rate, unless the rule has a leak of its own.
        """
        layers = []
        for old, new, rate in zip(phi.layers, change.layers, rates, strict=True):
            of_kernel = rate.kernel, rate.kernel_leak
            kernel = leaky_step(old.kernel, new.kernel, *of_kernel)
            bias = leaky_step(old.bias, new.bias, rate.bias, rate.bias_leak)
            feedback = old.feedback
            if self.feedback == "learned":
                feedback = leaky_step(old.feedback, new.feedback, *of_kernel)
            layers.append(LayerParams(kernel, bias, feedback))
        return Phi(tuple(layers), changed_state(phi.state, change.state))

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
        phi, time = self._with_feedback(phi), self.time(phi)
        states = self.error_network(phi, acts, connections=connections, time=time)
        sides = self.update_network.sides(phi, acts, states, connections, time)
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
            "clock": serialize_part(self.clock),
            "momentum": serialize_part(self.momentum),
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "UpdateRule":
        for part in PARTS:
            config[part] = deserialize_part(config.get(part))
        return cls(**config)
