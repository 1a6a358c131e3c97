"""The inner step of one parameter (released_rule, section 7)."""


def leaky_step(value, change, rate, leak):
    """value <- (1 - leak) value - rate change.

    Args:
        value: a parameter, any shape.
        change: of the same shape.
        rate: inner learning rate, a scalar.
        leak: a scalar, in the released form the rate.

    Returns:
        The next value.
    """
    return value * (1.0 - leak) - rate * change
