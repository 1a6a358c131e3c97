"""Short names of what decides a result, to tell a kept one from one of others."""

import hashlib

import numpy as np

LENGTH = 16  # hexadecimal digits


def theta_digest(rule):
    """A hash of a rule's theta."""
    return _digest(array.tobytes() for array in rule.get_weights())


def episodes_digest(episodes):
    """A hash of an `EpisodeSet`."""
    rows = (episodes.classes, episodes.support, episodes.query)
    contents = (b"" if x is None else np.ascontiguousarray(x) for x in rows)
    return _digest((repr((episodes.train, episodes.test)).encode(), *contents))


def _digest(contents):
    return hashlib.sha256(b"".join(contents)).hexdigest()[:LENGTH]
