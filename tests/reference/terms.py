"""Weight-change terms that both forms share.

w is the kernel with normalised columns, `(m, n)`. R stands for a low-rank readout and
S for a symmetrised one.
"""

import numpy as np

READOUTS = (
    "0_order",
    "1_order",
    "rbf",
    "lin_upper_symm",
    "lin_upper_psd",
    "lin_lower_symm",
    "sqr_upper_symm",
    "sqr_lower_symm",
)


def low_rank(bottom, top):
    """R[i, j] = sum_{k, b} bottom[b, i, k] top[b, j, k] / (K B)."""
    batch, _, rank = bottom.shape
    return np.einsum("bik,bjk->ij", bottom, top) / (rank * batch)


def symmetrised(square):
    """(A + A^T) / sqrt(2) without its diagonal, divided by sqrt(size of A)."""
    result = (square + square.T) / np.sqrt(2.0)
    np.fill_diagonal(result, 0.0)
    return result / np.sqrt(square.shape[0])


def readout_terms(w, readout):
    """The eight terms made of readouts.

    Args:
        w: kernel with normalised columns, `(m, n)`.
        readout: function of a name in `READOUTS` that gives its low-rank product:
            `(m, n)`, or `(n, n)` for upper ones, or `(m, m)` for lower ones.
    """
    flattened = np.sqrt(1.0 + w**2) - 1.0
    sign = np.sign(w)
    return {
        "0_order": readout("0_order"),
        "1_order": w * readout("1_order"),
        "rbf": np.exp(-(w**2)) * readout("rbf"),
        "lin_upper_symm": w @ symmetrised(readout("lin_upper_symm")),
        "lin_upper_psd": w @ readout("lin_upper_psd") / np.sqrt(w.shape[1]),
        "lin_lower_symm": symmetrised(readout("lin_lower_symm")) @ w,
        "sqr_upper_symm": (flattened @ symmetrised(readout("sqr_upper_symm"))) * sign,
        "sqr_lower_symm": (symmetrised(readout("sqr_lower_symm")) @ flattened) * sign,
    }


def _off_diagonal_correlation(u):
    correlation = u.T @ u / len(u)
    return correlation - np.diag(np.diag(correlation))


def _attracted(lower, share):
    """Towards the inputs of which a unit has a large share."""
    return lower.T @ (share / (share.mean(axis=0) + 1e-3)) / len(lower)


def further_terms(w, feedback, lower, upper, z, softmax):
    """Terms of no form of its own, by name.

    Args:
        w: kernel with normalised columns, `(m, n)`.
        feedback: feedback kernel with normalised columns, `(m, n)`.
        lower: standardised activations below, `(batch, m)`.
        upper: standardised activations above, `(batch, n)`.
        z: pre-activations above, `(batch, n)`.
        softmax: over the last axis.
    """
    inputs, units = w.shape
    above, below = map(_off_diagonal_correlation, (upper, lower))
    p = softmax(2.0 * z)
    error = lower - upper @ feedback.T / np.sqrt(units)
    return {
        "winner_soft": _attracted(lower, softmax(0.5 * z)),
        "winner_hard": _attracted(lower, softmax(8.0 * z)),
        "contested": _attracted(lower, p * (1.0 - p)),
        "decorr_square": w @ above @ above / units,
        "decorr_lower": below @ w / np.sqrt(inputs),
        "reconstruction": error.T @ upper / len(lower),
    }
