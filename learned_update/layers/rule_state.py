"""What a rule keeps of each layer beyond its parameters, when an unroll begins."""

import numpy as np

IDENTITY = "identity"


def initial_state(state, layers):
    """The state of every layer of a new phi.

    Args:
        state: `(name, axes, value)` of each kind: the axes are letters, `i` for inputs
            and `o` for units, so that `"oo"` are lateral weights; the value is a
            number, or `"identity"`.
        layers: `LayerParams` of NumPy arrays.

    Returns:
        `{name: array}` per layer; `()` where there is nothing.
    """
    if not state:
        return ()
    return tuple(
        {name: _drawn(layer.kernel, axes, value) for name, axes, value in state}
        for layer in layers
    )


def _drawn(kernel, axes, value):
    sizes = dict(zip("io", kernel.shape, strict=True))
    shape = [sizes[axis] for axis in axes]
    if value == IDENTITY:
        return np.eye(*shape, dtype=kernel.dtype)
    return np.full(shape, value, kernel.dtype)
