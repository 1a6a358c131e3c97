"""Which rows a weight change is made of, where positions make them many."""

import math


def sampling_step(rows, limit, positions):
    """Of how many rows one is taken, so that at most `limit` are.

    It has no divisor in common with the positions of an example, so that the rows
    taken are at other positions in every example.

    Args:
        rows: how many there are; None where that is not known beforehand.
        limit: how many may be taken; None for all.
        positions: rows of an example.
    """
    if limit is None or rows is None or rows <= limit:
        return 1
    step = -(-rows // limit)
    while math.gcd(step, positions) != 1:
        step += 1
    return step
