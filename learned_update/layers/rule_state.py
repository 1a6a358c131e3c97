"""What a rule keeps of each layer beyond its parameters, when an unroll begins."""

import numpy as np

from learned_update.errors import invalid

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


def check_state(phi, state, rule):
    """Raises `ValueError` unless phi has what a rule keeps of each layer.

    Args:
        phi: `Phi`.
        state: as of `initial_state`.
        rule: name of the rule's class.
    """
    names = {name for name, _, _ in state}
    if not all(names <= set(kept) for kept in phi.state or ({},)):
        raise invalid(
            f"phi lacks what the rule {rule} keeps of each layer.",
            expected=f"phi.state with {', '.join(sorted(names))}",
            received="none" if not phi.state else ", ".join(sorted(phi.state[0])),
            remedy="Draw phi with rule.base_mlp(units).init_phi(inputs).",
        )


def change_of_state(phi, following):
    """What a step subtracts from phi's state; `()` where there is none.

    Args:
        phi: `Phi`.
        following: per layer what of its state is another after the step, by name.
    """
    if not phi.state:
        return ()
    return tuple(
        {name: value - new.get(name, value) for name, value in old.items()}
        for old, new in zip(phi.state, following, strict=True)
    )


def changed_state(state, change):
    """A state less its change, all of it; as it is where the change is `()`."""
    if not change:
        return state
    return tuple(
        {name: value - by[name] for name, value in old.items()}
        for old, by in zip(state, change, strict=True)
    )
