"""Local rules in NumPy float64, one example at a time, as the papers write them.

x is `(batch, inputs)`, w `(inputs, units)`. Every function gives the mean over the
batch of what one example changes.
"""

import numpy as np


def sigmoid(u):
    return 1.0 / (1.0 + np.exp(-u))


def mean_over(examples, change):
    """The mean of `change(example)`."""
    return np.mean(
        [change(*example) for example in zip(*examples, strict=True)], axis=0
    )


def oja(x, w, decay):
    def change(x):
        y = w.T @ x
        return np.outer(x - decay * w @ y, y)

    return mean_over([x], change)


def sanger(x, w, decay):
    def change(x):
        y = w.T @ x
        dw = np.zeros_like(w)
        for j in range(w.shape[1]):
            explained = sum(w[:, k] * y[k] for k in range(j + 1))
            dw[:, j] = y[j] * (x - decay * explained)
        return dw

    return mean_over([x], change)


def bcm(x, w, threshold):
    divisor = np.maximum(threshold, np.mean(np.maximum(x @ w, 0.0) ** 2, axis=0))

    def change(x):
        y = np.maximum(w.T @ x, 0.0)
        return np.outer(x, y * (y - threshold) / divisor)

    return mean_over([x], change)


def foldiak_settled(x, w, lateral, threshold, gain, steps, share):
    ys = []
    for example in x:
        y = np.zeros(w.shape[1])
        for _ in range(steps):
            u = w.T @ example + lateral.T @ y - threshold
            y = y + share * (sigmoid(gain * u) - y)
        ys.append(y)
    return np.array(ys)


def foldiak(x, w, y):
    return mean_over([x, y], lambda x, y: (x[:, None] - w) * y)


def foldiak_lateral(lateral, y, probability, rate):
    moved = lateral.copy()
    units = len(lateral)
    for j in range(units):
        for k in range(units):
            correlation = np.mean(y[:, j] * y[:, k])
            moved[j, k] = min(
                0.0, lateral[j, k] - rate * (correlation - probability**2)
            )
            if j == k:
                moved[j, k] = 0.0
    return moved


def similarity_matching(x, w, lateral, ridge):
    """`(dw, E[y y^T])`."""
    inverse = np.linalg.inv(lateral + ridge * np.eye(len(lateral)))
    y = np.array([inverse @ (w.T @ example) for example in x])
    dw = mean_over([x, y], lambda x, y: 2.0 * (np.outer(x, y) - w))
    return dw, mean_over([y], lambda y: np.outer(y, y))


def soft_hebb(x, w, sharpness):
    def change(x):
        u = w.T @ x
        y = np.exp(sharpness * u) / np.sum(np.exp(sharpness * u))
        return (x[:, None] - w * u) * y

    return mean_over([x], change)


def lpl_loss(x, other, w, frozen, hebbian, decorrelation):
    """The objectives of the authors' code, per unit, times 1/2; means are frozen.

    `frozen` holds `(mean, other output)` of either view: what the rule does not
    differentiate by.
    """
    total = 0.0
    for view, (mean, partner) in zip((x, other), frozen, strict=True):
        z = np.maximum(view @ w, 0.0)
        samples, units = z.shape
        deviation = z - mean
        covariance = deviation.T @ deviation / (samples - 1)
        variance = np.diag(covariance)
        off = covariance - np.diag(variance)
        pull = np.mean((z - partner) ** 2) * units
        push = -np.mean(np.log(variance + 1e-4)) * units
        decorrelated = np.sum(off**2) / (units**2 - units) * units
        scaled = (samples - 1) / samples  # per example, not per degree of freedom
        total += 0.5 * (pull + scaled * (hebbian * push + decorrelation * decorrelated))
    return total / 2.0


def clapp(x, context, w, prediction, sign):
    def change(x, context):
        a, c = w.T @ x, np.maximum(w.T @ context, 0.0)
        z, dendrite = np.maximum(a, 0.0), prediction @ c
        if sign * np.mean(z * dendrite) >= 1.0:
            return np.zeros((w.shape[0] + len(z), len(z)))
        dw = sign * np.outer(x, (a > 0) * dendrite)
        return np.vstack([dw, sign * np.outer(z, c)])

    both = mean_over([x, context], change)
    return both[: len(w)], both[len(w) :]


def log_probability(x, w, threshold, sign):
    """E[log sigmoid(sign (goodness - threshold))] of forward-forward."""
    y = np.maximum(x @ w, 0.0)
    return np.mean(np.log(sigmoid(sign * (np.sum(y**2, axis=1) - threshold))))


def feedback_plasticity(x, w, v):
    def change(x):
        y = w.T @ x
        return np.outer(x - v @ y, y)

    return mean_over([x], change)


def blur_synapse(below, above, genome):
    def change(a0, a1, b0, b1):
        a, b = (a0, a1), (b0, b1)
        return sum(
            genome[c, d] * np.outer(a[c], b[d]) for c in range(2) for d in range(2)
        )

    return mean_over([*below, *above], change)


def blur_backward(above, v, genome):
    sent = genome[0] * above[0] + genome[1] * above[1]
    told = np.array([v @ example for example in sent])
    return told / np.sqrt(np.mean(told**2) + 1e-6)


def vsml_step(features, first, second, skip):
    result = np.zeros((*features.shape[:2], second.shape[1]))
    for i in range(features.shape[0]):
        for j in range(features.shape[1]):
            synapse = features[i, j]
            result[i, j] = skip.T @ synapse + second.T @ np.tanh(first.T @ synapse)
    return result


def reconstruction_loss(parameters, x, corrupted):
    h = corrupted
    for w, _, bias in parameters:
        product = h @ w
        scale = np.sqrt(product.var(axis=0) + 1e-4)
        h = np.maximum((product - product.mean(axis=0)) / scale + bias, 0.0)
    for level in reversed(range(len(parameters))):
        h = h @ parameters[level][1].T
        h = np.maximum(h, 0.0) if level else h
    return np.mean((h - x) ** 2)
