"""Theta of a rule under names of its own, for code that knows no Keras."""

_NETWORK_MAPS = ("own", "over_batch", "over_units", "over_both")


def neuron_local_theta(rule):
    """The variables of a neuron-local rule by name.

    Args:
        rule: `UpdateRule` of the default form.

    Returns:
        `{name: Keras variable}`: `top_error/..`, `h/..` and `delta/..` of the error
        network, `readout/<readout>/..` of the weight change, `coefficients`,
        `bias_readout/..` and `rate_logits`.
    """
    errors, updates = rule.error_network, rule.update_network
    named = {}
    for scope, network in (
        ("top_error", errors.top_error.network),
        ("h", errors.unit_network),
    ):
        first, mixing = network.layers[:2]
        named |= _linear(f"{scope}/first", first.linear)
        named |= _norm(f"{scope}/first_norm", first.norm)
        for name in _NETWORK_MAPS:
            named |= _linear(f"{scope}/{name}", getattr(mixing, name))
        named |= _norm(f"{scope}/second_norm", mixing.norm)
    named |= _linear("top_error/out", errors.top_error.network.layers[2])
    named |= _linear("delta", errors.delta_readout)
    change = updates.weight_change
    for bank in (change.lower, change.upper):
        for name, kernel, offset in zip(
            bank.names, bank.kernels, bank.offsets, strict=True
        ):
            named[f"readout/{name}/kernel"] = kernel
            named[f"readout/{name}/offset"] = offset
    named["coefficients"] = change.merge.coefficients
    named |= _linear("bias_readout", updates.bias_change.readout)
    named["rate_logits"] = rule.rate.logits
    return named


def _linear(name, layer):
    named = {f"{name}/kernel": layer.kernel}
    return named | ({f"{name}/offset": layer.offset} if layer.use_offset else {})


def _norm(name, layer):
    return {f"{name}/scale": layer.scale, f"{name}/offset": layer.offset}
