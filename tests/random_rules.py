"""Random theta, phi and batches for the package and for the reference alike."""

import itertools

import numpy as np
from keras import ops

import learned_update as lu
from tests.reference import base_model, neuron_local, released

SCOPE = "MoreLocalWeightUpdateProcess/"  # the authors'
RELEASED_SIZES = {"hidden": 6, "delta": 5, "top": 7, "rank": 3}


def random_phi(rng, inputs, units, kernel_stddev=1.0):
    """Base-model parameters as the reference keeps them."""
    widths = (inputs, *units)
    return [
        base_model.Layer(
            rng.normal(scale=kernel_stddev, size=(below, above)),
            rng.normal(scale=0.3, size=above),
            rng.normal(scale=kernel_stddev, size=(below, above)),
        )
        for below, above in itertools.pairwise(widths)
    ]


def to_phi(layers):
    """The reference's list of layers as a `Phi` of float64 tensors."""
    return lu.Phi(
        layers=tuple(
            lu.LayerParams(
                *(ops.convert_to_tensor(value, dtype="float64") for value in layer)
            )
            for layer in layers
        )
    )


def fan_in_scaled(rng, shape):
    """Kernels of stddev 1/sqrt(fan-in); vectors of stddev 0.3."""
    if len([size for size in shape if size > 1]) < 2:
        return rng.normal(scale=0.3, size=shape)
    return rng.normal(size=shape) / np.sqrt(np.prod(shape[:-1]))


def released_theta(rng, embedding_units, identical_updates=True, sizes=RELEASED_SIZES):
    """Random theta of the released form under the reference's names.

    The coefficients are of order one, so that the terms outweigh the decay.
    """
    shapes = released.theta_shapes(
        embedding_units, identical_updates=identical_updates, **sizes
    )
    theta = {name: fan_in_scaled(rng, shape) for name, shape in shapes.items()}
    for name, shape in shapes.items():
        if "_weight_readout_coeffs/" in name:
            theta[name] = 3.0 * rng.normal(size=shape)
    return theta


def released_rule(theta, inner_learning_rate):
    """The package's rule from a theta of the reference."""
    mapping = {SCOPE + name: array for name, array in theta.items()}
    return lu.load_released_rule(
        mapping, inner_learning_rate=inner_learning_rate, dtype="float64"
    )


def neuron_local_theta(rng):
    """Random theta of the neuron-local form, everything away from its start."""
    theta = {
        name: fan_in_scaled(rng, shape)
        for name, shape in neuron_local.theta_shapes().items()
    }
    for name in theta:
        if name.endswith("/gamma"):
            theta[name] = 1.0 + theta[name]
    theta["coefficients"] = rng.normal(size=theta["coefficients"].shape)
    return theta


def neuron_local_variables(rule):
    """The rule's variables under the reference's names."""
    errors, updates = rule.error_network, rule.update_network
    named = {}

    def add_linear(name, layer):
        named[f"{name}/kernel"] = layer.kernel
        if layer.use_offset:
            named[f"{name}/offset"] = layer.offset

    def add_norm(name, layer):
        named[f"{name}/gamma"], named[f"{name}/beta"] = layer.scale, layer.offset

    networks = {"top_error": errors.top_error.network, "h": errors.unit_network}
    for scope, network in networks.items():
        first, mixing = network.layers[:2]
        add_linear(f"{scope}/first", first.linear)
        add_norm(f"{scope}/first_norm", first.norm)
        add_linear(f"{scope}/second", mixing.own)
        for name in ("over_batch", "over_units", "over_both"):
            add_linear(f"{scope}/{name}", getattr(mixing, name))
        add_norm(f"{scope}/second_norm", mixing.norm)
    add_linear("top_error/out", errors.top_error.network.layers[2])
    add_linear("delta", errors.delta_readout)
    add_linear("bias_readout", updates.bias_change.readout)
    change = updates.weight_change
    own_names = {full: name for name, full in released.READOUT_NAMES.items()}
    for bank in (change.lower, change.upper):
        for full, kernel, offset in zip(
            bank.names, bank.kernels, bank.offsets, strict=True
        ):
            readout, role = full.rsplit("_", 1)
            name = f"readout/{own_names.get(readout, readout)}_{role}"
            named[f"{name}/kernel"], named[f"{name}/offset"] = kernel, offset
    named["coefficients"] = change.merge.coefficients
    named["rate_logits"] = rule.rate.logits
    return named


def neuron_local_rule(theta):
    """The package's rule with a theta of the reference."""
    rule = lu.UpdateRule(dtype="float64")
    rule.build()
    for name, variable in neuron_local_variables(rule).items():
        variable.assign(theta[name].reshape(variable.shape))
    return rule
