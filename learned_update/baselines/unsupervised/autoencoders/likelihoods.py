"""How likely inputs are, given what a decoder says."""

import math

from keras import ops

from learned_update.errors import invalid

GAUSSIAN_STDDEV = 0.1  # of pixels in [0, 1] about what is decoded


def bernoulli(x, logits):
    """-log p(x | logits) per row, inputs in [0, 1] as probabilities.

    sum_i softplus(l_i) - x_i l_i

    Args:
        x: `(batch, inputs)`.
        logits: `(batch, inputs)`.

    Returns:
        `(batch,)`, in nats.
    """
    return ops.sum(ops.softplus(logits) - x * logits, axis=-1)


def gaussian(x, mean, stddev=GAUSSIAN_STDDEV):
    """-log N(x; mean, stddev^2) per row.

    Args:
        x: `(batch, inputs)`.
        mean: `(batch, inputs)`.
        stddev: of every input.

    Returns:
        `(batch,)`, in nats.
    """
    constant = math.log(stddev) + 0.5 * math.log(2.0 * math.pi)
    return ops.sum(0.5 * ops.square((x - mean) / stddev) + constant, axis=-1)


LIKELIHOODS = {"bernoulli": bernoulli, "gaussian": gaussian}


def negative_log_likelihood(name):
    """The function of that name.

    Raises:
        ValueError: if there is none.
    """
    if name not in LIKELIHOODS:
        raise invalid(
            "There is no such likelihood.",
            expected=f"one of {', '.join(LIKELIHOODS)}",
            received=f"likelihood={name!r}",
            remedy="'bernoulli' is for inputs in [0, 1], 'gaussian' for any.",
        )
    return LIKELIHOODS[name]


def check_range(name, x):
    """Raises `ValueError` for inputs that the likelihood of that name cannot have."""
    if name == "bernoulli" and not (x.min() >= 0 and x.max() <= 1):
        raise invalid(
            "These inputs are no probabilities.",
            expected="values from 0 to 1",
            received=f"values from {x.min():.4g} to {x.max():.4g}",
            remedy="Scale them, or take likelihood='gaussian'.",
        )
