"""A change of phi and the slow average of those before it."""


def slow_average(average, change, decay):
    """m <- decay m + (1 - decay) change.

    Args:
        average: m, any shape.
        change: of the same shape.
        decay: scalar between 0 and 1.

    Returns:
        The next m.
    """
    return decay * average + (1.0 - decay) * change


def with_momentum(change, average, strength):
    """change + strength (m - change): the change itself at strength 0, m at 1.

    Args:
        change: any shape.
        average: m with this change in it, of the same shape.
        strength: scalar between -1 and 1; below 0 it steps away from the average.

    Returns:
        What the step goes along, at most (1 + 2 |strength|) times the largest change.
    """
    return change + strength * (average - change)
