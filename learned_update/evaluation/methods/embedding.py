"""Features of many rows: each by itself, or those of an episode in one batch."""

import numpy as np

from learned_update.layers.bases.outputs import TOP, output_features

BLOCK_ROWS = 1024  # embedded at a time; bounds memory


def embed_rows(method, pixels):
    """Inductive features: those of a row do not depend on the other rows.

    Every block is of equally many rows, so that the same program runs whatever their
    number: what the other rows hold, and how many there are, changes no bit. Another
    place within a block may select another part of a processor's matrix product, which
    sums in another order; the features are then the same to the rounding of float32.

    Args:
        method: what has `embed(pixels)`, inductive.
        pixels: `(examples, inputs)`.

    Returns:
        `(examples, features)`.
    """
    features = []
    for start in range(0, len(pixels), BLOCK_ROWS):
        block = pixels[start : start + BLOCK_ROWS]
        padded = np.pad(block, ((0, BLOCK_ROWS - len(block)), (0, 0)))
        features.append(np.asarray(method.embed(padded))[: len(block)])
    return np.concatenate(features)


def is_transductive(method):
    """Whether a fitted method has a base model and its phi, to normalise by batch."""
    return hasattr(method, "base") and hasattr(method, "phi")


def embed_together(method, support, query):
    """Transductive features: batch statistics of support and query in one batch.

    Args:
        method: what `is_transductive`.
        support: `(examples, inputs)`.
        query: `(queries, inputs)`.

    Returns:
        Features of the support, `(examples, features)`, and of the query.
    """
    batch = np.concatenate([support, query])
    output = getattr(method, "output", TOP)
    features = np.asarray(
        output_features(method.base, method.phi, batch, output=output)
    )
    return features[: len(support)], features[len(support) :]
