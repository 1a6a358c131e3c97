"""The released form: convolutions along the batch and along the units.

theta is a mapping {name: array}, names as in the authors' checkpoint without the
leading `MoreLocalWeightUpdateProcess/`.
"""

import numpy as np

from tests.reference import base_model, blocks, terms

TERM_ORDER = (
    "0_order",
    "1_order",
    "decorr_x",
    "hebb",
    "large_decay",
    "lin_lower_symm",
    "lin_upper_psd",
    "lin_upper_symm",
    "rbf",
    "sqr_lower_symm",
    "sqr_upper_symm",
    "w_base",
)
READOUT_NAMES = {
    "0_order": "weight_readout_0",
    "1_order": "weight_readout_1",
    "rbf": "weight_readout_rbf",
}


def module_shapes(scope, inputs, outputs, width=None):
    """Shapes of one convolution, or one linear map where it has no width."""
    leading = () if width is None else (width,)
    return {f"{scope}/w": (*leading, inputs, outputs), f"{scope}/b": (outputs,)}


def theta_shapes(
    embedding_units=32,
    hidden=64,
    delta=32,
    top=64,
    rank=4,
    identical_updates=True,
):
    """Names and shapes of theta without the inert moving statistics."""
    scope = "compute_top_delta/"
    convolutions = [
        (1, top, 5),
        (embedding_units, embedding_units, 3),
        (embedding_units, embedding_units, 3),
        (top, top, 3),
        (top, top, 3),
        (top, delta, 3),
    ]
    shapes = {}
    for index, (inputs, outputs, width) in enumerate(convolutions):
        name = scope + numbered("conv_1d", index)
        shapes |= module_shapes(name, inputs, outputs, width)
        if index < len(convolutions) - 1:
            name = scope + numbered("batch_norm", index)
            shapes[f"{name}/beta"] = (1, 1, outputs)
    shapes["batch_norm/beta"] = (1, 1, 4 + delta)
    for index, inputs in enumerate((8 + 1 + 4 + delta, hidden)):
        shapes |= module_shapes(numbered("conv_1d", index), inputs, hidden, 3)
        shapes[numbered("batch_norm", index + 1) + "/beta"] = (1, 1, hidden)
        unit_scope = numbered("ConcatUnitConv", index) + "/"
        for inner in range(2):
            name = unit_scope + numbered("conv_1d", inner)
            shapes |= module_shapes(name, hidden, hidden, 3)
            name = unit_scope + numbered("batch_norm", inner)
            shapes[f"{name}/beta"] = (1, 1, hidden)
    shapes |= module_shapes("linear", hidden, delta)
    for prefix in ("forward",) if identical_updates else ("forward", "backward"):
        for name in terms.READOUTS:
            for side in ("top",) if name == "lin_upper_psd" else ("top", "bottom"):
                full = f"{prefix}{READOUT_NAMES.get(name, name)}_{side}/linear"
                shapes |= module_shapes(full, hidden, rank)
        name = f"{prefix}_weight_readout_coeffs"
        shapes |= module_shapes(name, len(TERM_ORDER), 1)
    return shapes | module_shapes("bias_readout", hidden, 1)


def numbered(name, index):
    """TensorFlow's names: the first has no number."""
    return name if index == 0 else f"{name}_{index}"


def conv(theta, scope, index, values):
    """Convolution along axis 1 with the variables of one Conv1D module."""
    name = scope + numbered("conv_1d", index)
    return blocks.conv_1d(values, theta[f"{name}/w"], theta[f"{name}/b"])


def batch_norm(theta, scope, index, values):
    """Statistics over axes 0 and 1 of the tensor itself; an offset, no scale."""
    beta = theta[scope + numbered("batch_norm", index) + "/beta"]
    return blocks.standardised(values, 1e-3, axis=(0, 1)) + beta


def conv_norm_relu(theta, scope, index, values, norm_index=None):
    """relu(batch_norm(conv(values)))."""
    values = conv(theta, scope, index, values)
    norm_index = index if norm_index is None else norm_index
    return blocks.relu(batch_norm(theta, scope, norm_index, values))


def concat_unit_conv(theta, scope, values):
    """Two convolutions along the units, added to the input, `(n, batch, h)`."""
    mixed = values.transpose(1, 0, 2)  # (batch, n, h)
    for index in range(2):
        mixed = conv_norm_relu(theta, scope, index, mixed)
    return values + mixed.transpose(1, 0, 2)


def top_delta(theta, top_activation, top_delta_layers=2):
    """Error signal of the top level from its activations, `(batch, n_L, d)`."""
    scope = "compute_top_delta/"
    values = top_activation.T[:, :, None]  # (n_L, batch, 1)
    values = conv_norm_relu(theta, scope, 0, values)
    values = values.transpose(2, 1, 0)  # (s, batch, n_L)
    values = conv_norm_relu(theta, scope, 1, values)
    values = conv_norm_relu(theta, scope, 2, values)
    values = values.transpose(2, 1, 0)  # (n_L, batch, s)
    for index in range(3, 3 + top_delta_layers):
        values = conv_norm_relu(theta, scope, index, values)
    values = conv(theta, scope, 3 + top_delta_layers, values)
    return values.transpose(1, 0, 2)


def unit_features(x, z):
    """x, z and the unit's position as sine and cosine, `(n, batch, 4)`."""
    units = x.shape[1]
    position = np.linspace(0.0, 4.0 * np.pi, units)[:, None] * np.ones(x.shape[0])
    return np.stack([x.T, z.T, np.sin(position), np.cos(position)], axis=-1)


def hidden_state(theta, features, d, bias, below, above, compute_h_layers=1):
    """h of one level, `(batch, n, h)`."""
    units, batch = features.shape[:2]
    channels = np.concatenate([features, d.transpose(1, 0, 2)], axis=-1)
    channels = batch_norm(theta, "", 0, channels)
    statistics = blocks.unit_weight_statistics(below, above)  # (n, 8)
    per_unit = np.concatenate([statistics, bias[:, None]], axis=-1)
    per_unit = np.broadcast_to(per_unit[:, None], (units, batch, per_unit.shape[-1]))
    values = np.concatenate([per_unit, channels], axis=-1)
    for index in range(1 + compute_h_layers):
        values = conv_norm_relu(theta, "", index, values, norm_index=index + 1)
        values = concat_unit_conv(
            theta, numbered("ConcatUnitConv", index) + "/", values
        )
    return values.transpose(1, 0, 2)


def trace_levels(theta, phi, xs, zs):
    """Features, d, h and delta of every level, lists with the input's level first."""
    depth = len(phi)
    traced = {name: [None] * (depth + 1) for name in ("features", "d", "h", "delta")}
    d = top_delta(theta, xs[-1])
    for level in reversed(range(depth + 1)):
        x = xs[level]
        z = zs[level - 1] if level > 0 else x
        below = phi[level - 1].kernel if level > 0 else None
        above = phi[level].kernel if level < depth else None
        bias = phi[level - 1].bias if level > 0 else np.zeros(x.shape[1])
        features = unit_features(x, z)
        h = hidden_state(theta, features, d, bias, below, above)
        delta = d * blocks.sigmoid(z)[:, :, None]
        delta = delta + blocks.linear(h, theta["linear/w"], theta["linear/b"])
        traced["features"][level] = features.transpose(1, 0, 2)
        traced["d"][level] = d
        traced["h"][level] = h
        traced["delta"][level] = delta
        if level > 0:
            error = np.einsum("bjc,ij->bic", delta, phi[level - 1].feedback)
            d = blocks.root_mean_square_scaled(error, 1e-6, axis=-1)
    return traced


def readout_function(theta, prefix, h_upper, h_lower):
    """Low-rank readout by term name, from the states above and below a layer."""

    def projected(name, side, state):
        scope = f"{prefix}{READOUT_NAMES.get(name, name)}_{side}/linear"
        return blocks.linear(state, theta[f"{scope}/w"], theta[f"{scope}/b"])

    def readout(name):
        if name == "lin_upper_psd":
            top = projected(name, "top", h_upper)
            return terms.low_rank(top, top)
        high = h_lower if "lower" in name else h_upper
        low = h_upper if "upper" in name else h_lower
        return terms.low_rank(
            projected(name, "bottom", low), projected(name, "top", high)
        )

    return readout


def normalised_kernel(kernel):
    """Kernel with columns of mean square about 1."""
    return blocks.root_mean_square_scaled(kernel, 1e-6, axis=0)


def change_terms(theta, prefix, kernel, x_upper, x_lower, h_upper, h_lower):
    """The twelve terms by name, `(m, n)` each."""
    batch = len(x_upper)
    w = normalised_kernel(kernel)
    upper = blocks.centred_and_scaled(x_upper)
    lower = blocks.centred_and_scaled(x_lower)
    decorrelation = w @ (upper.T @ upper / batch / np.sqrt(w.shape[1]))
    made = terms.readout_terms(w, readout_function(theta, prefix, h_upper, h_lower))
    made["decorr_x"] = blocks.root_mean_square_scaled(decorrelation, 1e-8)
    made["hebb"] = -(lower.T @ upper) / batch
    made["large_decay"] = w**2 * np.sign(w)
    made["w_base"] = w
    return {name: made[name] for name in TERM_ORDER}


def column_normalised(values):
    """values / sqrt(1 + mean over rows of values^2)."""
    return blocks.root_mean_square_scaled(values, 1.0, axis=0)


def merged(theta, prefix, normalised_terms, w):
    """Change of a kernel from its normalised terms."""
    coefficients = theta[f"{prefix}_weight_readout_coeffs/w"][:, 0]
    count = len(TERM_ORDER)
    total = sum(
        coefficient * normalised_terms[name]
        for coefficient, name in zip(coefficients, TERM_ORDER, strict=True)
    )
    g = (total + theta[f"{prefix}_weight_readout_coeffs/b"][0]) / count
    g = g - w * blocks.relu(np.mean(g * w))
    return column_normalised(g / np.sqrt(count)) - w / 7.0


def bias_change(theta, h_upper):
    """Change of a bias, `(n,)`."""
    r = blocks.linear(h_upper, theta["bias_readout/w"], theta["bias_readout/b"])
    r = r[:, :, 0].mean(axis=0)
    r = r + blocks.relu(-r.mean())
    return blocks.root_mean_square_scaled(r, 0.5)


def trace(theta, phi, inputs, activation="relu"):
    """Every intermediate of one application of the rule."""
    xs, zs = base_model.forward(phi, inputs, activation)
    traced = trace_levels(theta, phi, xs, zs)
    traced |= {"xs": xs, "zs": zs}
    identical_updates = not any(name.startswith("backward") for name in theta)
    traced |= {"terms": [], "normalized_terms": [], "changes": [], "readouts": []}
    for index, layer in enumerate(phi):
        states = (xs[index + 1], xs[index], traced["h"][index + 1], traced["h"][index])

        def kernel_change(prefix, kernel, states=states):
            layer_terms = change_terms(theta, prefix, kernel, *states)
            normalised = {n: column_normalised(t) for n, t in layer_terms.items()}
            w = normalised_kernel(kernel)
            return layer_terms, normalised, merged(theta, prefix, normalised, w)

        layer_terms, normalised, change = kernel_change("forward", layer.kernel)
        feedback_change = change
        if not identical_updates:
            feedback_change = kernel_change("backward", layer.feedback)[2]
        readout = readout_function(theta, "forward", *states[2:])
        traced["terms"].append(layer_terms)
        traced["normalized_terms"].append(normalised)
        traced["readouts"].append({name: readout(name) for name in terms.READOUTS})
        traced["changes"].append(
            base_model.Layer(change, bias_change(theta, states[2]), feedback_change)
        )
    return traced


def phi_change(theta, phi, inputs, activation="relu"):
    """Changes of all layers, before the inner learning rate."""
    return trace(theta, phi, inputs, activation)["changes"]


def inner_step(theta, phi, inputs, learning_rate=1e-4, activation="relu"):
    """One application of the rule."""
    changes = phi_change(theta, phi, inputs, activation)
    return base_model.step(phi, changes, learning_rate, learning_rate)
