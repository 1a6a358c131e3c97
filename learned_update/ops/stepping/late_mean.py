"""The mean of what inner steps pass through, late steps counting more."""


def late_mean(mean, value, count):
    """mean + 2 / (count + 1) (value - mean): of steps 1 .. count, weighted by number.

    The running form of sum_t t value_t / sum_t t (Lacoste-Julien, Schmidt and Bach,
    2012, of stochastic subgradients): half of the weight is on the last 0.3 of the
    steps, and the number of steps need not be known beforehand.

    Args:
        mean: before this step, any shape.
        value: after this step, of the same shape.
        count: number of this step, from 1.

    Returns:
        The next mean; at the first step the value.
    """
    return mean + 2.0 / (count + 1.0) * (value - mean)
