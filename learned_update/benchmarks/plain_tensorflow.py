"""The released rule's inner step in plain TensorFlow, term by term, without Keras.

Written as the specification reads (released_rule, sections 1 to 7): a convolution where
it says convolution, a readout where it says readout. An inner step of the package is
the same function of the same numbers; a benchmark divides the two times.

theta is a mapping from the authors' variable names, without their common scope, to
tensors; phi a list of dicts with `kernel`, `bias` and `feedback`, bottom to top.
"""

import math

import tensorflow as tf

SCOPE = "MoreLocalWeightUpdateProcess/"
TERMS = (
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
_LONG_NAMES = {
    "0_order": "weight_readout_0",
    "1_order": "weight_readout_1",
    "rbf": "weight_readout_rbf",
}


def compiled_step(theta, phi, x, rate):
    """A function of no arguments: `inner_step` as a `tf.function`, of arrays.

    Args:
        theta: mapping {name: array}.
        phi: list of dicts of arrays.
        x: `(batch, inputs)`.
        rate: inner learning rate.
    """
    arguments = tf.nest.map_structure(tf.convert_to_tensor, (theta, phi, x))

    @tf.function(autograph=False)
    def step(theta, phi, x):
        return inner_step(theta, phi, x, rate)

    def wait_for_step():
        return tf.nest.map_structure(lambda leaf: leaf.numpy(), step(*arguments))

    return wait_for_step


def inner_step(theta, phi, x, rate):
    """phi <- (1 - rate) phi - rate change, for a rule with identical updates.

    Args:
        theta: mapping {name: tensor}.
        phi: list of dicts of tensors.
        x: `(batch, inputs)`.
        rate: inner learning rate.

    Returns:
        phi after the step.
    """
    moved = []
    for layer, (kernel, bias) in zip(phi, phi_change(theta, phi, x), strict=True):
        moved.append(
            {
                "kernel": (1.0 - rate) * layer["kernel"] - rate * kernel,
                "bias": (1.0 - rate) * layer["bias"] - rate * bias,
                "feedback": (1.0 - rate) * layer["feedback"] - rate * kernel,
            }
        )
    return moved


def forward(phi, x):
    """All activations x_0 .. x_L and pre-activations z_0 .. z_{L-1} of a batch."""
    xs, zs = [x], []
    for layer in phi:
        zs.append(_standardised(xs[-1] @ layer["kernel"], 1e-6, [0]) + layer["bias"])
        xs.append(tf.nn.relu(zs[-1]))
    return xs, zs


def phi_change(theta, phi, x):
    """`(kernel, bias)` changes of every layer."""
    xs, zs = forward(phi, x)
    d = _top_error(theta, xs[-1])
    states = [None] * len(xs)
    for level in reversed(range(len(xs))):
        z = zs[level - 1] if level else x
        states[level] = _unit_states(theta, phi, level, xs[level], z, d)
        linear = states[level] @ theta["linear/w"] + theta["linear/b"]
        delta = d * tf.sigmoid(z)[:, :, None] + linear
        if level:
            error = tf.einsum("bjc,ij->bic", delta, phi[level - 1]["feedback"])
            d = _scaled(error, 1e-6, [-1])
    return [
        (
            _kernel_change(
                theta, layer["kernel"], xs[i], xs[i + 1], *states[i : i + 2]
            ),
            _bias_change(theta, states[i + 1]),
        )
        for i, layer in enumerate(phi)
    ]


def _numbered(name, index):
    return f"{name}_{index}" if index else name


def _conv(theta, scope, index, values):
    name = scope + _numbered("conv_1d", index)
    return tf.nn.conv1d(values, theta[f"{name}/w"], 1, "SAME") + theta[f"{name}/b"]


def _batch_norm(theta, scope, index, values):
    normal = _standardised(values, 1e-3, [0, 1])
    return normal + theta[scope + _numbered("batch_norm", index) + "/beta"]


def _conv_norm_relu(theta, scope, index, values, norm_index=None):
    values = _conv(theta, scope, index, values)
    norm_index = index if norm_index is None else norm_index
    return tf.nn.relu(_batch_norm(theta, scope, norm_index, values))


def _top_error(theta, x):
    """d of the top level, `(batch, n, d)` (section 3)."""
    scope = "compute_top_delta/"
    values = _conv_norm_relu(theta, scope, 0, tf.transpose(x)[:, :, None])
    values = tf.transpose(values, (2, 1, 0))  # (s, batch, n)
    for index in (1, 2):
        values = _conv_norm_relu(theta, scope, index, values)
    values = tf.transpose(values, (2, 1, 0))  # (n, batch, s)
    for index in (3, 4):
        values = _conv_norm_relu(theta, scope, index, values)
    return tf.transpose(_conv(theta, scope, 5, values), (1, 0, 2))


def _unit_states(theta, phi, level, x, z, d):
    """h of one level, `(batch, n, h)` (section 4)."""
    batch, units = tf.shape(x)[0], x.shape[1]
    waves = tf.linspace(
        tf.zeros(1, x.dtype), tf.constant([4.0 * math.pi], x.dtype), units
    )  # (n, 1)
    waves = waves + tf.zeros((1, batch), x.dtype)
    features = [tf.transpose(x), tf.transpose(z), tf.sin(waves), tf.cos(waves)]
    channels = [tf.stack(features, -1), tf.transpose(d, (1, 0, 2))]
    channels = _batch_norm(theta, "", 0, tf.concat(channels, -1))
    below = [_weight_statistics(phi[level - 1]["kernel"], 0)] if level else []
    above = [_weight_statistics(phi[level]["kernel"], 1)] if level < len(phi) else []
    both = 2 * (below + above) if not (below and above) else below + above
    bias = phi[level - 1]["bias"] if level else tf.zeros(units, x.dtype)
    per_unit = [_scaled(tf.concat(both, -1), 1e-6, [0, 1]), bias[:, None]]
    per_unit = tf.concat(per_unit, -1)[:, None]  # (n, 1, 9)
    per_unit = tf.broadcast_to(per_unit, (units, batch, 9))
    values = tf.concat([per_unit, channels], -1)
    for index in (0, 1):
        values = _conv_norm_relu(theta, "", index, values, index + 1)
        scope = _numbered("ConcatUnitConv", index) + "/"
        mixed = tf.transpose(values, (1, 0, 2))  # (batch, n, h)
        for inner in (0, 1):
            mixed = _conv_norm_relu(theta, scope, inner, mixed)
        values = values + tf.transpose(mixed, (1, 0, 2))
    return tf.transpose(values, (1, 0, 2))


def _weight_statistics(w, axis):
    return tf.stack(
        [
            tf.reduce_mean(tf.abs(w), axis),
            tf.sqrt(tf.reduce_mean(tf.square(w), axis) + 1e-6),
            tf.reduce_mean(w, axis),
            tf.sqrt(tf.math.reduce_variance(w, axis) + 1e-8),
        ],
        axis=-1,
    )


def _kernel_change(theta, kernel, x_lower, x_upper, h_lower, h_upper):
    """Change of one kernel (sections 5 and 6)."""
    batch = tf.cast(tf.shape(x_lower)[0], kernel.dtype)
    columns = kernel.shape[1]
    w = _scaled(kernel, 1e-6, [0])
    upper, lower = (_standardised(x, 1e-6, [0]) for x in (x_upper, x_lower))
    soft = tf.sqrt(1.0 + w * w) - 1.0

    def r(name):
        return _readout(theta, name, h_lower, h_upper)

    correlation = tf.transpose(upper) @ upper / batch / math.sqrt(columns)
    terms = {
        "0_order": r("0_order"),
        "1_order": w * r("1_order"),
        "decorr_x": _scaled(w @ correlation, 1e-8, [0, 1]),
        "hebb": -tf.transpose(lower) @ upper / batch,
        "large_decay": w * w * tf.sign(w),
        "lin_lower_symm": _symmetric(r("lin_lower_symm")) @ w,
        "lin_upper_psd": w @ r("lin_upper_psd") / math.sqrt(columns),
        "lin_upper_symm": w @ _symmetric(r("lin_upper_symm")),
        "rbf": tf.exp(-w * w) * r("rbf"),
        "sqr_lower_symm": (_symmetric(r("sqr_lower_symm")) @ soft) * tf.sign(w),
        "sqr_upper_symm": (soft @ _symmetric(r("sqr_upper_symm"))) * tf.sign(w),
        "w_base": w,
    }
    coefficients = theta["forward_weight_readout_coeffs/w"][:, 0]
    g = theta["forward_weight_readout_coeffs/b"][0]
    for index, name in enumerate(TERMS):
        g = g + coefficients[index] * _scaled(terms[name], 1.0, [0])
    g = g / len(TERMS)
    g = g - w * tf.nn.relu(tf.reduce_mean(g * w))
    return _scaled(g / math.sqrt(len(TERMS)), 1.0, [0]) - w / 7.0


def _readout(theta, name, h_lower, h_upper):
    """A low-rank matrix between the units of two sides, a batch mean."""
    scope = f"forward{_LONG_NAMES.get(name, name)}"

    def projected(side, state):
        prefix = f"{scope}_{side}/linear"
        return state @ theta[f"{prefix}/w"] + theta[f"{prefix}/b"]

    top = bottom = projected("top", h_lower if "lower" in name else h_upper)
    if name != "lin_upper_psd":
        bottom = projected("bottom", h_upper if "upper" in name else h_lower)
    count = tf.cast(tf.shape(top)[0] * top.shape[2], top.dtype)
    return tf.einsum("bik,bjk->ij", bottom, top) / count


def _symmetric(a):
    """(A + A^T) / sqrt(2) without its diagonal, divided by sqrt(units)."""
    units = a.shape[0]
    symmetric = (a + tf.transpose(a)) / math.sqrt(2.0 * units)
    return tf.linalg.set_diag(symmetric, tf.zeros(units, a.dtype))


def _bias_change(theta, h_upper):
    """Change of a bias, `(n,)` (section 7)."""
    r = h_upper @ theta["bias_readout/w"] + theta["bias_readout/b"]
    r = tf.reduce_mean(r[:, :, 0], 0)
    return _scaled(r + tf.nn.relu(-tf.reduce_mean(r)), 0.5, [0])


def _scaled(x, epsilon, axes):
    mean_square = tf.reduce_mean(tf.square(x), axes, keepdims=True)
    return x * tf.math.rsqrt(mean_square + epsilon)


def _standardised(x, epsilon, axes):
    mean, variance = tf.nn.moments(x, axes, keepdims=True)
    return (x - mean) * tf.math.rsqrt(variance + epsilon)
