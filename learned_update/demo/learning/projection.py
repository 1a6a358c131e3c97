"""Features on a plane, each picture turned so that it follows from the one before."""

import numpy as np


def projected(features, before=None):
    """The two directions of largest variance of features, as points of a plane.

    Principal components are defined up to a turn of the picture where variances are
    near each other, and up to signs always. So the points are turned and mirrored onto
    those before (orthogonal Procrustes): Q = U V^T of the singular value decomposition
    points^T before = U S V^T.

    Args:
        features: `(rows, features)`.
        before: points of the same rows, `(rows, 2)`; None for the first picture.

    Returns:
        Points, `(rows, 2)`, of mean 0 and root mean square distance 1 from it; all 0
        where the features do not vary.
    """
    centred = np.asarray(features, np.float64)
    centred = centred - centred.mean(axis=0)
    left, singular_values, _ = np.linalg.svd(centred, full_matrices=False)
    points = np.zeros((len(centred), 2))
    kept = min(2, len(singular_values))
    points[:, :kept] = left[:, :kept] * singular_values[:kept]
    size = np.sqrt(np.square(points).sum(axis=1).mean())
    points = points / size if size > 0 else points
    if before is None:
        return points
    u, _, v = np.linalg.svd(points.T @ before)
    return points @ (u @ v)
