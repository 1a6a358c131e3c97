"""The meta-gradient of the neuron-local rule in plain `jax.numpy`, without Keras.

Written as one would write it by hand: an inner step of one task, `jax.vmap` over tasks,
`jax.lax.scan` over inner steps, each of them rematerialised. The meta-gradient of the
trainer is the same function of the same numbers; a benchmark divides the two times.

theta is a mapping from the names of `named_theta` to arrays, phi a list of dicts with
`kernel`, `bias` and `feedback`, bottom to top.
"""

import jax
import jax.numpy as jnp
from jax.scipy.linalg import solve_triangular

PIXEL_SCALE = 1.0 / 255.0
RIDGE = 0.1
HIGHEST_RATE = 0.5
READOUTS = (
    "weight_readout_0",
    "weight_readout_1",
    "weight_readout_rbf",
    "lin_upper_symm",
    "lin_upper_psd",
    "lin_lower_symm",
    "sqr_upper_symm",
    "sqr_lower_symm",
)


def meta_gradient(theta, phi, pixels, input_map, batch, episode, clip_norm):
    """Mean over tasks of the clipped gradients of a truncation's mean meta-loss.

    Args:
        theta: mapping {name: array}.
        phi: list of dicts, every array with a leading `tasks` axis.
        pixels: `(examples, inputs)` uint8.
        input_map: `(offset, matrix)`, `(tasks, inputs)` and `(tasks, inputs, inputs)`.
        batch: `(inner, support, query)` rows, `(tasks, steps, ..)` int32 each, support
            and query class by class.
        episode: `(ways, shots, queries)`.
        clip_norm: bound of one task's gradient.

    Returns:
        `(gradient, phi, loss)`: a mapping as theta, phi after the truncation, and
        `(tasks,)`.
    """

    def of_task(phi, input_map, batch):
        def total(theta):
            phi_after, losses = truncation(
                theta, phi, pixels, input_map, batch, episode
            )
            return jnp.mean(losses), phi_after

        (loss, after), gradient = jax.value_and_grad(total, has_aux=True)(theta)
        squares = [jnp.sum(jnp.square(g)) for g in jax.tree.leaves(gradient)]
        norm = jnp.sqrt(sum(squares))
        scale = jnp.minimum(1.0, clip_norm / jnp.maximum(norm, 1e-30))
        return jax.tree.map(lambda g: g * scale, gradient), after, loss

    gradients, after, loss = jax.vmap(of_task)(phi, input_map, batch)
    return jax.tree.map(lambda g: jnp.mean(g, axis=0), gradients), after, loss


def truncation(theta, phi, pixels, input_map, batch, episode):
    """Inner steps of one task, scored after each: `(phi, losses)`."""
    offset, matrix = input_map

    def step(phi, rows):
        rows, inner = jnp.concatenate(rows), len(rows[0])
        images = pixels[rows].astype(matrix.dtype) * PIXEL_SCALE
        images = (images - offset) @ matrix
        phi = inner_step(theta, phi, images[:inner])
        features = forward(phi, images[inner:])[0][-1]
        return phi, cosine_loss(features, *episode)

    return jax.lax.scan(jax.checkpoint(step), phi, batch)


def inner_step(theta, phi, x):
    """phi <- (1 - rate) phi - rate change, one application of the rule."""
    kernel_rate, bias_rate = HIGHEST_RATE * jax.nn.sigmoid(theta["rate_logits"])
    moved = []
    for layer, (kernel, bias) in zip(phi, phi_change(theta, phi, x), strict=True):
        moved.append(
            {
                "kernel": _moved(layer["kernel"], kernel, kernel_rate),
                "bias": _moved(layer["bias"], bias, bias_rate),
                "feedback": _moved(layer["feedback"], kernel, kernel_rate),
            }
        )
    return moved


def _moved(old, change, rate):
    return (1.0 - rate) * old - rate * change


def forward(phi, x):
    """All activations x_0 .. x_L and pre-activations z_0 .. z_{L-1} of a batch."""
    xs, zs = [x], []
    for layer in phi:
        product = xs[-1] @ layer["kernel"] / jnp.sqrt(len(layer["kernel"]))
        normal = (product - product.mean(0)) * jax.lax.rsqrt(product.var(0) + 1e-4)
        zs.append(normal + layer["bias"])
        xs.append(jax.nn.relu(zs[-1]))
    return xs, zs


def cosine_loss(features, ways, shots, queries):
    """1 - cosine of ridge predictions on the query rows and their targets."""
    support, query = features[: ways * shots], features[ways * shots :]
    targets = [
        _centred(jnp.repeat(jnp.eye(ways, dtype=features.dtype), count, axis=0))
        for count in (shots, queries)
    ]
    penalty = RIDGE * len(support) * (jnp.mean(jnp.square(support)) + 1e-12)
    centred = support - support.mean(0)
    gram = centred.T @ centred + penalty * jnp.eye(features.shape[1])
    factor = jnp.linalg.cholesky(gram)
    moments = centred.T @ (targets[0] - targets[0].mean(0))
    half = solve_triangular(factor, moments, lower=True)
    weights = solve_triangular(factor.T, half, lower=False)
    intercept = targets[0].mean(0) - support.mean(0) @ weights
    predicted = query @ weights + intercept
    cosine = jnp.sum(_unit_rows(predicted) * _unit_rows(targets[1]), axis=1)
    return 1.0 - jnp.mean(cosine)


def _centred(targets):
    centred = targets - targets.mean()
    return centred * jax.lax.rsqrt(jnp.mean(jnp.sum(jnp.square(centred), axis=1)))


def _unit_rows(x):
    return x * jax.lax.rsqrt(jnp.sum(jnp.square(x), axis=1, keepdims=True) + 1e-12)


def phi_change(theta, phi, x):
    """`(kernel, bias)` changes of every layer, before the rates."""
    xs, zs = forward(phi, x)
    zs = [xs[0], *zs]
    features = [unit_features(x, z) for x, z in zip(xs, zs, strict=True)]
    top = network(theta, "top_error", features[-1])
    d = _dense(theta, "top_error/out", top)
    states = [None] * len(xs)
    for level in reversed(range(len(xs))):
        per_unit = unit_statistics(phi, level, features[level].shape)
        h = network(theta, "h", jnp.concatenate([per_unit, features[level], d], -1))
        delta = d * jax.nn.sigmoid(zs[level])[:, :, None] + _dense(theta, "delta", h)
        states[level] = jnp.concatenate([h, features[level], delta], -1)
        if level > 0:
            feedback = phi[level - 1]["feedback"]
            error = jnp.einsum("bjc,ij->bic", delta, feedback)
            d = _scaled(error / jnp.sqrt(feedback.shape[1]), 1e-4, axis=-1)
    return [
        (
            kernel_change(
                theta, layer["kernel"], xs[i], xs[i + 1], zs[i + 1], states[i : i + 2]
            ),
            bias_change(theta, states[i + 1]),
        )
        for i, layer in enumerate(phi)
    ]


def unit_features(x, z):
    """Centred x, centred z, winner share and correlation projection, `(b, n, 4)`."""
    batch, units = x.shape
    u = _standardised(x)
    channels = [
        x - x.mean(0),
        z - z.mean(0),
        units * jax.nn.softmax(2.0 * z) - 1.0,
        u @ (u.T @ u) / (batch * jnp.sqrt(units)),
    ]
    return jnp.stack([_scaled(c, 1e-4) for c in channels], axis=-1)


def unit_statistics(phi, level, shape):
    """Weight statistics, bias and flags of a level's units, `(batch, n, 11)`."""
    batch, units, _ = shape
    parts = []
    if level > 0:
        parts.append(_weight_statistics(phi[level - 1]["kernel"], axis=0))
    if level < len(phi):
        parts.append(_weight_statistics(phi[level]["kernel"], axis=1))
    statistics = _scaled(
        jnp.concatenate(2 * parts if len(parts) < 2 else parts, -1), 1e-6
    )
    bias = phi[level - 1]["bias"] if level > 0 else jnp.zeros(units)
    flags = jnp.array([float(level == 0), float(level == len(phi))])
    flags = jnp.broadcast_to(flags, (units, 2))
    per_unit = jnp.concatenate([statistics, bias[:, None], flags], -1)
    return jnp.broadcast_to(per_unit, (batch, *per_unit.shape))


def _weight_statistics(w, axis):
    return jnp.stack(
        [
            jnp.mean(jnp.abs(w), axis),
            jnp.sqrt(jnp.mean(jnp.square(w), axis) + 1e-6),
            jnp.mean(w, axis),
            jnp.sqrt(jnp.var(w, axis) + 1e-8),
        ],
        axis=-1,
    )


def network(theta, scope, values):
    """A dense block, then a residual block that mixes through moments."""
    first = values @ theta[f"{scope}/first/kernel"]
    first = jax.nn.relu(_batch_norm(theta, f"{scope}/first_norm", first))
    second = (
        first @ theta[f"{scope}/own/kernel"]
        + _moments(first, 0) @ theta[f"{scope}/over_batch/kernel"]
        + _moments(first, 1) @ theta[f"{scope}/over_units/kernel"]
        + first.mean((0, 1)) @ theta[f"{scope}/over_both/kernel"]
    )
    return first + jax.nn.relu(_batch_norm(theta, f"{scope}/second_norm", second))


def _moments(h, axis):
    mean = h.mean(axis, keepdims=True)
    root = jnp.sqrt(jnp.mean(jnp.square(h), axis, keepdims=True) + 1e-6)
    return jnp.concatenate([mean, root], -1)


def _batch_norm(theta, scope, values):
    mean, variance = values.mean((0, 1)), values.var((0, 1))
    normal = (values - mean) * jax.lax.rsqrt(variance + 1e-3)
    return theta[f"{scope}/scale"] * normal + theta[f"{scope}/offset"]


def _dense(theta, scope, values):
    return values @ theta[f"{scope}/kernel"] + theta[f"{scope}/offset"]


def kernel_change(theta, kernel, x_lower, x_upper, z, states):
    """-g of one kernel: the weighted sum of twelve normalised terms, normalised."""
    lower, upper = states
    batch, columns = len(x_lower), kernel.shape[1]
    w = _scaled(kernel, 1e-6, axis=0)
    u_lower, u_upper = _standardised(x_lower), _standardised(x_upper)
    r = {name: _readout(theta, name, lower, upper) for name in READOUTS}
    correlation = u_upper.T @ u_upper / batch
    off_diagonal = correlation * (1.0 - jnp.eye(columns))
    p = jax.nn.softmax(2.0 * z)
    soft = jnp.sqrt(1.0 + w * w) - 1.0
    terms = [
        r["weight_readout_0"],
        w * r["weight_readout_1"],
        jnp.exp(-w * w) * r["weight_readout_rbf"],
        w @ _symmetric(r["lin_upper_symm"]),
        w @ r["lin_upper_psd"] / jnp.sqrt(columns),
        _symmetric(r["lin_lower_symm"]) @ w,
        (soft @ _symmetric(r["sqr_upper_symm"])) * jnp.sign(w),
        (_symmetric(r["sqr_lower_symm"]) @ soft) * jnp.sign(w),
        u_lower.T @ u_upper / batch,
        w @ off_diagonal / jnp.sqrt(columns),
        w**3,
        u_lower.T @ (p / (p.mean(0) + 1e-3)) / batch,
    ]
    weighted = (
        coefficient * _scaled(term, 0.01, axis=0)
        for coefficient, term in zip(theta["coefficients"].ravel(), terms, strict=True)
    )
    return -_scaled(sum(weighted), 0.1, axis=0)


def _readout(theta, name, lower, upper):
    """The low-rank matrix of one readout between two sides."""
    above = lower if "lower" in name else upper
    below = upper if "upper" in name else lower
    top = _dense(theta, f"readout/{name}_top", above)
    bottom = top
    if name != "lin_upper_psd":
        bottom = _dense(theta, f"readout/{name}_bottom", below)
    batch, _, rank = top.shape
    return jnp.einsum("bik,bjk->ij", bottom, top) / (rank * batch)


def _symmetric(a):
    """(A + A^T) / sqrt(2) without its diagonal, divided by sqrt(units)."""
    return (a + a.T) * (1.0 - jnp.eye(len(a))) / jnp.sqrt(2.0 * len(a))


def bias_change(theta, upper):
    """Change of a bias, `(n,)`."""
    return _scaled(_dense(theta, "bias_readout", upper)[:, :, 0].mean(0), 0.5)


def _scaled(x, epsilon, axis=None):
    mean_square = jnp.mean(jnp.square(x), axis, keepdims=axis is not None)
    return x * jax.lax.rsqrt(mean_square + epsilon)


def _standardised(x):
    return _scaled(x - x.mean(0), 1e-6, axis=0)
