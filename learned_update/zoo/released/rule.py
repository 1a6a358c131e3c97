"""The authors' published rule: their variable names, and how they map to theta."""

import re
from collections.abc import Mapping
from typing import Any

import numpy as np

from learned_update.errors import invalid
from learned_update.layers.forms import released_parts
from learned_update.layers.update_rule import UpdateRule
from learned_update.types import PathLike
from learned_update.zoo.released.checkpoint_reader import read_tensorflow_checkpoint
from learned_update.zoo.released.source import checkpoint_prefix

SCOPE = "MoreLocalWeightUpdateProcess/"
INERT = re.compile(r"(.*/)?(moving_mean|moving_variance|global_step)")


def load_released_rule(
    source: PathLike | Mapping[str, Any],
    inner_learning_rate: float = 1e-4,
    dtype: str | None = None,
) -> UpdateRule:
    """The rule of the authors' weights (released_rule, section 11).

    Sizes, and whether feedback kernels have a change of their own, are read off the
    shapes.

    Args:
        source: prefix of their TensorFlow 1 checkpoint (`tf_graph_data.ckpt`); a
            folder or a zip, as downloaded, that holds one; or a mapping `{variable
            name: array}`, with or without the scope of theta.
        inner_learning_rate: 1e-4 in the released form.
        dtype: of theta; Keras' default if None.

    Returns:
        An `UpdateRule` of the released form.

    Raises:
        FileNotFoundError: there is no such checkpoint.
        ValueError: a variable is missing, unknown, not finite or of another shape; or
            the folder or zip does not hold one checkpoint.
    """
    values = released_variables(source)
    parts = released_parts(
        **released_sizes(values), inner_learning_rate=inner_learning_rate, dtype=dtype
    )
    rule = UpdateRule(**parts, dtype=dtype)
    names = [_short(name) for name in released_variable_names(rule)]
    _check_names(names, values)
    for name, variable in zip(names, rule.trainable_variables, strict=True):
        value = values[name]
        if value.shape != tuple(variable.shape) or not np.isfinite(value).all():
            raise invalid(
                f"Variable {name} of the released rule does not fit.",
                expected=f"finite numbers of shape {tuple(variable.shape)}",
                received=f"shape {value.shape}"
                + ("" if np.isfinite(value).all() else " with NaN or infinity"),
                remedy="Pass the variables of one checkpoint, all of them.",
            )
        variable.assign(value)
    return rule


def released_variables(source):
    """The variables of theta by their names without scope (see `load_released_rule`).

    Args:
        source: as of `load_released_rule`.

    Returns:
        A dict of NumPy arrays, without the moving averages that nothing reads.
    """
    if not isinstance(source, Mapping):
        with checkpoint_prefix(source) as prefix:
            source = read_tensorflow_checkpoint(prefix)
    values = {_short(name): np.asarray(value) for name, value in source.items()}
    return {k: v for k, v in values.items() if not INERT.fullmatch(k)}


def released_variable_names(rule: UpdateRule) -> list[str]:
    """The authors' names of theta, parallel to `rule.trainable_variables`.

    Args:
        rule: `UpdateRule` of the released form.

    Returns:
        A list of strings, with the scope and without `:0`.
    """
    names: dict[str, str] = {}
    _name_error_network(names, rule.error_network)
    update = rule.update_network
    _name_weight_change(names, update.weight_change, "forward")
    if update.feedback_change is not None:
        _name_weight_change(names, update.feedback_change, "backward")
    _name_linear(names, update.bias_change.readout, "bias_readout")
    return [SCOPE + names[variable.path] for variable in rule.trainable_variables]


def released_sizes(values):
    """The arguments of `released_parts` that the shapes of variables tell.

    Args:
        values: what `released_variables` returns.

    Returns:
        A dict of numbers, and `identical_updates`.
    """
    needed = {
        "top_channels": ("compute_top_delta/conv_1d/w", 2),
        "embedding_units": ("compute_top_delta/conv_1d_1/w", 2),
        "channels": ("conv_1d/w", 2),
        "delta_channels": ("linear/w", 1),
        "rank": ("forwardweight_readout_0_top/linear/w", 1),
    }
    _check_names([name for name, _ in needed.values()], values, only_missing=True)
    top = [x for x in values if re.fullmatch(r"compute_top_delta/conv_1d(_\d+)?/w", x)]
    hidden = [x for x in values if re.fullmatch(r"conv_1d(_\d+)?/w", x)]
    return {
        **{key: values[name].shape[axis] for key, (name, axis) in needed.items()},
        "top_depth": len(top) - 4,
        "depth": len(hidden) - 1,
        "identical_updates": not any(name.startswith("backward") for name in values),
    }


def _name_error_network(names, network):
    top = _Numbered(names, "compute_top_delta/")
    for block in (top_blocks := _top_blocks(network.top_error))[:-1]:
        top.block(block)
    top.linear(top_blocks[-1], "conv_1d")

    hidden = _Numbered(names, "")
    hidden.norm(network.features.norm)
    stages = network.unit_network.layers
    for index in range(0, len(stages), 2):
        hidden.block(stages[index])
        scope = _suffixed("ConcatUnitConv", index // 2)
        mixing = _Numbered(names, f"{scope}/")
        for block in stages[index + 1].blocks:
            mixing.block(block)
    _name_linear(names, network.delta_readout, "linear")


def _top_blocks(top_error):
    return [top_error.first, *top_error.over_units.layers, *top_error.last.layers]


def _name_weight_change(names, layer, prefix):
    for bank in (layer.upper, layer.lower):
        rows = zip(bank.names, bank.kernels, bank.offsets, strict=True)
        for readout, kernel, offset in rows:
            names[kernel.path] = f"{prefix}{readout}/linear/w"
            names[offset.path] = f"{prefix}{readout}/linear/b"
    scope = f"{prefix}_weight_readout_coeffs"
    names[layer.merge.coefficients.path] = f"{scope}/w"
    names[layer.merge.constant.path] = f"{scope}/b"


def _name_linear(names, layer, scope):
    names[layer.kernel.path] = f"{scope}/w"
    names[layer.offset.path] = f"{scope}/b"


class _Numbered:
    """Names the modules of a scope as Sonnet does: conv_1d, conv_1d_1, ..."""

    def __init__(self, names, scope):
        self.names = names
        self.scope = scope
        self.counts = {"conv_1d": 0, "batch_norm": 0}

    def _next(self, module):
        count = self.counts[module]
        self.counts[module] += 1
        return self.scope + _suffixed(module, count)

    def block(self, block):
        self.linear(block.linear, "conv_1d")
        self.norm(block.norm)

    def linear(self, layer, module):
        _name_linear(self.names, layer, self._next(module))

    def norm(self, layer):
        self.names[layer.offset.path] = f"{self._next('batch_norm')}/beta"


def _suffixed(name, index):
    return f"{name}_{index}" if index else name


def _short(name):
    """A name without the scope of theta and without `:0`."""
    return name.removesuffix(":0").removeprefix(SCOPE)


def _check_names(names, values, only_missing=False):
    missing = [name for name in names if name not in values]
    unknown = [] if only_missing else sorted(set(values) - set(names))
    if missing or unknown:
        raise invalid(
            "These are not the variables of the released rule.",
            expected=f"the names of released_rule, section 11, with scope {SCOPE}",
            received=f"missing: {_listed(missing)}; unknown: {_listed(unknown)}",
            remedy="Pass the variables of one checkpoint, all of them.",
        )


def _listed(names, most=4):
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return (", ".join(names[:most]) + more) or "none"
