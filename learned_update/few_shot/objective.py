"""What classifiers are trained to minimise."""

import keras
from keras import ops


def cross_entropy(logits, labels):
    """-log softmax(logits)[label], mean over the batch.

    Args:
        logits: `(batch, classes)`.
        labels: `(batch,)` integers.

    Returns:
        A scalar.
    """
    return ops.mean(
        keras.losses.sparse_categorical_crossentropy(labels, logits, from_logits=True)
    )
