"""What a layer's synapses may see, and what they answer."""

from typing import Any, NamedTuple


class LayerView(NamedTuple):
    """One layer during an inner step.

    Attributes:
        x: presynaptic activations, `(batch, inputs)`.
        z: pre-activations of the base model, `(batch, units)`.
        y: its post-activations, `(batch, units)`.
        weights: w = W / sqrt(inputs), `(inputs, units)`.
        bias: `(units,)`.
        feedback: v = V / sqrt(inputs), `(inputs, units)`.
        state: what the rule keeps of the layer, by name.
    """

    x: Any
    z: Any
    y: Any
    weights: Any
    bias: Any
    feedback: Any
    state: dict[str, Any]


class LocalChange(NamedTuple):
    """What is added to a layer.

    Attributes:
        weights: dw, before the rate.
        feedback: dv, before the rate; None for none.
        state: the next state by name, all that the rule keeps; () for none.
    """

    weights: Any
    feedback: Any = None
    state: Any = ()
