"""Distances, and the means of classes that they are taken to."""

import numpy as np
from keras import ops

NORM_EPSILON = 1e-12  # added to squared norms, so that a zero vector has no NaN


def squared_distances(features, prototypes):
    """Squared Euclidean distances, `(examples, ways)`.

    Args:
        features: `(examples, units)`.
        prototypes: `(ways, units)`.
    """
    difference = ops.expand_dims(features, 1) - prototypes  # (examples, ways, units)
    return ops.sum(ops.square(difference), axis=-1)


def unit_vectors(x):
    """Vectors of the last axis divided by their Euclidean norm."""
    squares = ops.sum(ops.square(x), axis=-1, keepdims=True)
    return x * ops.rsqrt(squares + NORM_EPSILON)


def cosines(features, others):
    """Cosine similarities, `(examples, others)`.

    Args:
        features: `(examples, units)`.
        others: `(others, units)`.
    """
    return ops.matmul(unit_vectors(features), ops.transpose(unit_vectors(others)))


def class_means(features, membership):
    """Mean feature of each class: the prototypes (Snell et al., 2017, eq. 1).

    Args:
        features: `(supports, units)`.
        membership: one-hot, `(supports, ways)`; every class has a row.

    Returns:
        `(ways, units)`.
    """
    counts = ops.sum(membership, axis=0)[:, None]  # (ways, 1)
    return ops.matmul(ops.transpose(membership), features) / counts


def nearest_prototype(support_features, labels, query_features):
    """The label whose mean feature is nearest.

    Args:
        support_features: `(supports, units)`.
        labels: `(supports,)`.
        query_features: `(queries, units)`.

    Returns:
        `(queries,)`.
    """
    labels = np.asarray(labels)
    classes = np.unique(labels)
    prototypes = np.stack([support_features[labels == c].mean(axis=0) for c in classes])
    difference = query_features[:, None] - prototypes  # (queries, classes, units)
    return classes[np.argmin(np.square(difference).sum(axis=-1), axis=-1)]
