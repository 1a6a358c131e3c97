"""What readers of a support see: features with their labels beside them."""

from keras import ops

from learned_update.few_shot.learner import one_hot


def with_label(features, labels=None, ways=0):
    """Features beside one-hot labels, or beside zeros where they are asked for.

    Args:
        features: `(examples, units)`.
        labels: `(examples,)` integers; None for unknown.
        ways: classes.

    Returns:
        `(examples, units + ways)`.
    """
    if labels is None:
        beside = ops.zeros((features.shape[0], ways), dtype=features.dtype)
    else:
        beside = one_hot(labels, ways, features)
    return ops.concatenate([features, beside], axis=-1)
