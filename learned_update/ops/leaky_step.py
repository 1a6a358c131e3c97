"""The inner step of one parameter (released_rule, section 7)."""


def leaky_step(value, change, rate):
    """value <- (1 - rate) value - rate change.

    Args:
        value: a parameter, any shape.
        change: of the same shape.
        rate: inner learning rate, a scalar.

    Returns:
        The next value.
    """
    return value * (1.0 - rate) - rate * change
