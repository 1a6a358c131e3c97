"""The neuron-local form: a network per neuron and example, mixed through moments.

theta is a mapping {name: array}; `theta_shapes` lists the names. Offsets are stored
as vectors, all kernels as `(in, out)`.
"""

import numpy as np

from tests.reference import base_model, blocks, terms

FEATURES = 4
UNIT_CHANNELS = 8 + 1 + 2  # weight statistics, bias, flags
TERM_ORDER = (
    *terms.READOUTS,
    "hebb_positive",
    "decorr_off_diagonal",
    "cubic_decay",
    "winner",
)
ROLES = ("top", "bottom")


def network_shapes(scope, inputs, hidden):
    """Shapes of one network's variables."""
    return {
        f"{scope}/first/kernel": (inputs, hidden),
        f"{scope}/first_norm/gamma": (hidden,),
        f"{scope}/first_norm/beta": (hidden,),
        f"{scope}/second/kernel": (hidden, hidden),
        f"{scope}/over_batch/kernel": (2 * hidden, hidden),
        f"{scope}/over_units/kernel": (2 * hidden, hidden),
        f"{scope}/over_both/kernel": (hidden, hidden),
        f"{scope}/second_norm/gamma": (hidden,),
        f"{scope}/second_norm/beta": (hidden,),
    }


def theta_shapes(hidden=16, delta_channels=8, rank=2):
    """Names and shapes of theta."""
    readout_inputs = hidden + FEATURES + delta_channels
    shapes = network_shapes("top_error", FEATURES, hidden)
    shapes["top_error/out/kernel"] = (hidden, delta_channels)
    shapes["top_error/out/offset"] = (delta_channels,)
    shapes |= network_shapes("h", UNIT_CHANNELS + FEATURES + delta_channels, hidden)
    shapes["delta/kernel"] = (hidden, delta_channels)
    shapes["delta/offset"] = (delta_channels,)
    for name in terms.READOUTS:
        for role in ROLES[: 1 if name == "lin_upper_psd" else 2]:
            shapes[f"readout/{name}_{role}/kernel"] = (readout_inputs, rank)
            shapes[f"readout/{name}_{role}/offset"] = (rank,)
    shapes["coefficients"] = (len(TERM_ORDER),)
    shapes["bias_readout/kernel"] = (readout_inputs, 1)
    shapes["bias_readout/offset"] = (1,)
    shapes["rate_logits"] = (2,)
    return shapes


def forward(phi, inputs):
    """The base model with this form's conventions."""
    return base_model.forward(phi, inputs, "relu", epsilon=1e-4, fan_in_scaling=True)


def unit_features(x, z):
    """Centred x, centred z, winner and correlation, each scaled, `(batch, n, 4)`."""
    batch, units = x.shape
    u = blocks.centred_and_scaled(x)
    channels = [
        x - x.mean(axis=0),
        z - z.mean(axis=0),
        units * blocks.softmax(2.0 * z) - 1.0,
        u @ (u.T @ u) / (batch * np.sqrt(units)),
    ]
    scaled = [blocks.root_mean_square_scaled(c, 1e-4) for c in channels]
    return np.stack(scaled, axis=-1)


def dense(theta, scope, values):
    """Values times a kernel plus an offset."""
    return blocks.linear(values, theta[f"{scope}/kernel"], theta[f"{scope}/offset"])


def batch_norm(theta, scope, values):
    """Standardised over batch and units, with a learned scale and offset."""
    normal = blocks.standardised(values, 1e-3, axis=(0, 1))
    return theta[f"{scope}/gamma"] * normal + theta[f"{scope}/beta"]


def moments(values, axis):
    """Mean and root mean square along one axis, one after the other in channels."""
    mean = values.mean(axis=axis, keepdims=True)
    root = np.sqrt(np.mean(values**2, axis=axis, keepdims=True) + 1e-6)
    return np.concatenate([mean, root], axis=-1)


def network(theta, scope, values):
    """Dense layer, then a residual block that mixes through moments, `(b, n, c)`.

    The maps have no offsets: before a batch normalisation they would do nothing.
    """
    first = values @ theta[f"{scope}/first/kernel"]
    first = blocks.relu(batch_norm(theta, f"{scope}/first_norm", first))
    second = first @ theta[f"{scope}/second/kernel"]
    second = second + moments(first, 0) @ theta[f"{scope}/over_batch/kernel"]
    second = second + moments(first, 1) @ theta[f"{scope}/over_units/kernel"]
    mean = first.mean(axis=(0, 1), keepdims=True)
    second = second + mean @ theta[f"{scope}/over_both/kernel"]
    return first + blocks.relu(batch_norm(theta, f"{scope}/second_norm", second))


def network_input(phi, level, features, d):
    """Channels that the hidden state is made of, `(batch, n, 23)`."""
    batch, units = features.shape[:2]
    depth = len(phi)
    statistics = blocks.unit_weight_statistics(
        phi[level - 1].kernel if level > 0 else None,
        phi[level].kernel if level < depth else None,
    )
    bias = phi[level - 1].bias if level > 0 else np.zeros(units)
    flags = np.broadcast_to([float(level == 0), float(level == depth)], (units, 2))
    per_unit = np.concatenate([statistics, bias[:, None], flags], axis=-1)
    per_unit = np.broadcast_to(per_unit, (batch, units, UNIT_CHANNELS))
    return np.concatenate([per_unit, features, d], axis=-1)


def trace_levels(theta, phi, xs, zs):
    """Features, d, h and delta of every level, lists with the input's level first."""
    depth = len(phi)
    features = [unit_features(x, z) for x, z in zip(xs, [xs[0], *zs], strict=True)]
    traced = {name: [None] * (depth + 1) for name in ("d", "h", "delta")}
    traced["features"] = features
    d = dense(theta, "top_error/out", network(theta, "top_error", features[depth]))
    for level in reversed(range(depth + 1)):
        z = zs[level - 1] if level > 0 else xs[0]
        h = network(theta, "h", network_input(phi, level, features[level], d))
        delta = d * blocks.sigmoid(z)[:, :, None] + dense(theta, "delta", h)
        traced["d"][level] = d
        traced["h"][level] = h
        traced["delta"][level] = delta
        if level > 0:
            feedback = phi[level - 1].feedback
            error = np.einsum("bjc,ij->bic", delta, feedback)
            error = error / np.sqrt(feedback.shape[1])
            d = blocks.root_mean_square_scaled(error, 1e-4, axis=-1)
    return traced


def readout_function(theta, upper, lower):
    """Low-rank readout by term name, from readout inputs above and below a layer."""

    def readout(name):
        high = lower if "lower" in name else upper
        low = upper if "upper" in name else lower
        top = dense(theta, f"readout/{name}_top", high)
        if name == "lin_upper_psd":
            return terms.low_rank(top, top)
        return terms.low_rank(dense(theta, f"readout/{name}_bottom", low), top)

    return readout


def change_terms(theta, kernel, x_upper, x_lower, z_upper, upper, lower):
    """The twelve terms by name, `(m, n)` each."""
    batch = len(x_upper)
    w = blocks.root_mean_square_scaled(kernel, 1e-6, axis=0)
    u_upper = blocks.centred_and_scaled(x_upper)
    u_lower = blocks.centred_and_scaled(x_lower)
    correlation = u_upper.T @ u_upper / batch
    p = blocks.softmax(2.0 * z_upper)
    made = terms.readout_terms(w, readout_function(theta, upper, lower))
    made["hebb_positive"] = u_lower.T @ u_upper / batch
    made["decorr_off_diagonal"] = (
        w @ (correlation - np.diag(np.diag(correlation))) / np.sqrt(w.shape[1])
    )
    made["cubic_decay"] = w**3
    made["winner"] = u_lower.T @ (p / (p.mean(axis=0) + 1e-3)) / batch
    return {name: made[name] for name in TERM_ORDER}


def merged(theta, normalised_terms):
    """Change of a kernel from its normalised terms."""
    g = sum(
        coefficient * normalised_terms[name]
        for coefficient, name in zip(theta["coefficients"], TERM_ORDER, strict=True)
    )
    return -blocks.root_mean_square_scaled(g, 0.1, axis=0)


def bias_change(theta, upper):
    """Change of a bias, `(n,)`."""
    r = dense(theta, "bias_readout", upper)[:, :, 0].mean(axis=0)
    return blocks.root_mean_square_scaled(r, 0.5)


def trace(theta, phi, inputs):
    """Every intermediate of one application of the rule."""
    xs, zs = forward(phi, inputs)
    traced = trace_levels(theta, phi, xs, zs)
    traced |= {"xs": xs, "zs": zs, "terms": [], "normalized_terms": []}
    traced |= {"changes": [], "readouts": []}
    states = [
        np.concatenate([h, f, delta], axis=-1)
        for h, f, delta in zip(
            traced["h"], traced["features"], traced["delta"], strict=True
        )
    ]
    for index, layer in enumerate(phi):
        upper, lower = states[index + 1], states[index]
        layer_terms = change_terms(
            theta, layer.kernel, xs[index + 1], xs[index], zs[index], upper, lower
        )
        normalised = {
            name: blocks.root_mean_square_scaled(term, 0.01, axis=0)
            for name, term in layer_terms.items()
        }
        readout = readout_function(theta, upper, lower)
        change = merged(theta, normalised)
        traced["terms"].append(layer_terms)
        traced["normalized_terms"].append(normalised)
        traced["readouts"].append({name: readout(name) for name in terms.READOUTS})
        traced["changes"].append(
            base_model.Layer(change, bias_change(theta, upper), change)
        )
    return traced


def phi_change(theta, phi, inputs):
    """Changes of all layers, before the inner learning rates."""
    return trace(theta, phi, inputs)["changes"]


def rates(theta, highest=0.5):
    """Inner learning rates of kernels and of biases."""
    return highest * blocks.sigmoid(theta["rate_logits"])


def inner_step(theta, phi, inputs):
    """One application of the rule."""
    return base_model.step(phi, phi_change(theta, phi, inputs), *rates(theta))
