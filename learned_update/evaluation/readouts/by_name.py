"""Read-outs by name: `predicted classes = readout(support, labels, query)`.

None sees the label of a query, and each picks its regularisation on the support.
"""

import numpy as np

from learned_update.errors import invalid
from learned_update.evaluation.readouts.logistic import fit_logistic
from learned_update.evaluation.readouts.ridge import fit_readout, predict


def ridge(support, labels, query):
    """The class with the largest score of `fit_readout` on one-hot targets.

    Args:
        support: labelled features, `(examples, features)`.
        labels: their classes, `(examples,)`.
        query: features to classify, `(queries, features)`.

    Returns:
        Classes, `(queries,)`.
    """
    classes, targets = np.unique(labels, return_inverse=True)
    fitted = fit_readout(support, np.eye(len(classes))[targets])
    return classes[np.argmax(predict(fitted, query), axis=-1)]


def logistic_regression(support, labels, query):
    """The most probable class of `fit_logistic`; arguments as for `ridge`.

    The features are centred, divided by one number, their root mean square, and
    turned into the span of the support. The regularised fit does not change with
    turns, and has no weight outside of the span.
    """
    support, query = np.asarray(support, np.float64), np.asarray(query, np.float64)
    mean = np.mean(support, axis=0)
    centred = support - mean
    mean_square = np.mean(np.square(centred))
    if not np.isfinite(mean_square) or mean_square == 0.0:
        return fit_logistic(centred, labels).predict(query - mean)
    centred = centred / np.sqrt(mean_square)
    axes = np.linalg.svd(centred, full_matrices=False)[2].T / np.sqrt(mean_square)
    turned = (support - mean) @ axes
    return fit_logistic(turned, labels).predict((query - mean) @ axes)


def nearest_centroid(support, labels, query):
    """The class with the nearest mean, Euclidean; arguments as for `ridge`.

    argmin_k |x - c_k|^2 = argmax_k (x c_k - |c_k|^2 / 2)
    """
    support, query = np.asarray(support, np.float64), np.asarray(query, np.float64)
    classes = np.unique(labels)
    origin = np.mean(support, axis=0)  # distances do not mind, round-off does
    centroids = np.stack(
        [np.mean(support[labels == label], axis=0) for label in classes]
    )
    centroids -= origin
    halves = np.sum(np.square(centroids), axis=1) / 2
    return classes[np.argmax((query - origin) @ centroids.T - halves, axis=1)]


READOUTS = {
    "ridge": ridge,
    "logistic regression": logistic_regression,
    "nearest centroid": nearest_centroid,
}


def check_readouts(names):
    """Returns `names` if all are names of read-outs; else raises `ValueError`."""
    for name in names:
        if name not in READOUTS:
            raise invalid(
                f"There is no read-out {name!r}.",
                expected=f"some of {', '.join(READOUTS)}",
                received=repr(name),
                remedy="Name some of these.",
            )
    return names
