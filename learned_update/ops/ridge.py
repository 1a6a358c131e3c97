"""Ridge regression, differentiable, and how its predictions are scored."""

from keras import ops

from learned_update import backend

COSINE_EPSILON = 1e-12  # added to squared norms, so that a zero vector has no NaN


def ridge_regression(features, targets, penalty):
    """Weights w and intercept c of min |F w + c - Y|^2 + penalty |w|^2.

    The intercept is not penalised. Solved by a Cholesky decomposition of the centred
    normal equations, which have the same solution (released_rule, section 8). Features
    that are not finite give NaN.

    Args:
        features: F, `(examples, features)`.
        targets: Y, `(examples, outputs)`.
        penalty: scalar, positive.

    Returns:
        `(weights, intercept)`: `(features, outputs)` and `(outputs,)`.
    """
    feature_mean = backend.mean(features, axis=0)
    target_mean = backend.mean(targets, axis=0)
    centred = features - feature_mean
    transposed = ops.transpose(centred)
    identity = ops.eye(ops.shape(features)[1], dtype=features.dtype)
    gram = ops.matmul(transposed, centred) + penalty * identity
    # TensorFlow's kernel raises on NaN; the moments carry it to the weights.
    gram = ops.where(ops.isfinite(ops.sum(gram)), gram, identity)
    moments = ops.matmul(transposed, targets - target_mean)
    weights = backend.solve_positive(gram, moments)
    intercept = target_mean - ops.matmul(feature_mean, weights)
    return weights, intercept


def normalise_targets(targets):
    """Targets minus their overall mean, scaled to rows of unit mean square norm.

    Args:
        targets: `(examples, classes)`.

    Returns:
        `(examples, classes)` (released_rule, section 8).
    """
    centred = targets - backend.mean(targets)
    mean_square_norm = backend.mean(ops.sum(ops.square(centred), axis=1))
    return centred * ops.rsqrt(mean_square_norm)


def unit_rows(x, epsilon=0.0):
    """Rows divided by their Euclidean norm, sqrt(|row|^2 + epsilon)."""
    return x * ops.rsqrt(ops.sum(ops.square(x), axis=1, keepdims=True) + epsilon)


def squared_distance(predictions, targets):
    """Mean over examples of |p - y|^2."""
    return backend.mean(ops.sum(ops.square(predictions - targets), axis=1))


def hinge_distance(predictions, targets):
    """Mean over examples of relu(|p - y|^2 - 1)."""
    return backend.mean(
        ops.relu(ops.sum(ops.square(predictions - targets), axis=1) - 1.0)
    )


def cosine_distance(predictions, targets):
    """Mean over examples of 1 - cos(p, y)."""
    cosine = ops.sum(
        unit_rows(predictions, COSINE_EPSILON) * unit_rows(targets, COSINE_EPSILON),
        axis=1,
    )
    return 1.0 - backend.mean(cosine)


def accuracy(predictions, targets):
    """Share of examples whose target class alone has the largest prediction.

    Args:
        predictions: `(examples, classes)`.
        targets: `(examples, classes)`, largest at the class of the example.

    Returns:
        A scalar; a tie counts as a miss.
    """
    is_target = targets >= ops.max(targets, axis=1, keepdims=True)
    of_target = ops.max(ops.where(is_target, predictions, -float("inf")), axis=1)
    of_others = ops.max(ops.where(is_target, -float("inf"), predictions), axis=1)
    return backend.mean(ops.cast(of_target > of_others, predictions.dtype))
