"""The meta-objective: how well few labels read the classes out of features."""

from typing import Any

from keras import ops

from learned_update import backend
from learned_update.checks import check_finite
from learned_update.errors import invalid
from learned_update.ops import ridge as ridge_ops
from learned_update.types import Tensor

NORM_EPSILON = 1e-12  # TensorFlow's l2_normalize
FEATURE_EPSILON = 1e-12  # keeps the scaled penalty positive where features are 0
DISTANCES = {
    "squared": ridge_ops.squared_distance,
    "hinge": ridge_ops.hinge_distance,
    "cosine": ridge_ops.cosine_distance,
}


def meta_objective(
    support_features: Tensor,
    support_targets: Tensor,
    query_features: Tensor,
    query_targets: Tensor,
    ridge: float = 0.1,
    loss: str = "squared",
    scale_ridge: bool = False,
    support_weight: float = 0.0,
    center_targets: bool = True,
    normalize_predictions: bool = True,
    normalize_features: bool = False,
    support_regression: Tensor | None = None,
    query_regression: Tensor | None = None,
    regression_weight: float = 1.0,
) -> Any:
    """Ridge regression fitted on the support, scored on the query; differentiable.

    With the defaults it is that of the released code: squared distance of normalised
    predictions to normalised targets, plus penalty / N (released_rule, section 8).

    Args:
        support_features: `(examples, features)`.
        support_targets: one-hot or +-1 targets, `(examples, classes)`.
        query_features: `(examples, features)`.
        query_targets: `(examples, classes)`.
        ridge: penalty of the squared weights.
        loss: `"squared"`, `"hinge"`, or `"cosine"`: 1 - cos(prediction, target),
            without the penalty, as the paper says.
        scale_ridge: whether the penalty is ridge N mean(f^2), so that it does not
            depend on the scale of the features (neuron_local), or `ridge` itself.
        support_weight: weight of the support's own loss in the result, 0 to 1.
        center_targets: whether targets are centred and scaled.
        normalize_predictions: whether predictions of the query are scaled to norm 1.
        normalize_features: whether every feature is scaled to norm 1 over support
            and query together.
        support_regression: further regression targets (augmentation coefficients),
            `(examples, outputs)`, standardised by the support's moments.
        query_regression: the same for the query.
        regression_weight: weight of their mean squared error in the result.

    Returns:
        `(loss, metrics)`: a scalar, and a dict of `query_accuracy`,
        `support_accuracy`, `query_loss`, `support_loss`, `penalty`, `ridge_weights`
        (`(features + 1, classes)`, the intercept last) and, with regression targets,
        `regression_loss`.

    Raises:
        ValueError: shapes do not fit, a value is not finite, a class has no support
            example, or `loss` is unknown.
    """
    features, targets = _checked(
        support_features, support_targets, query_features, query_targets, loss
    )
    if normalize_features:
        squares = sum(ops.sum(ops.square(f), axis=0) for f in features)
        scale = ops.rsqrt(ops.maximum(squares, NORM_EPSILON))
        features = tuple(f * scale for f in features)
    if center_targets:
        targets = tuple(ridge_ops.normalise_targets(y) for y in targets)
    examples = ops.cast(ops.shape(features[0])[0], features[0].dtype)
    penalty = ridge
    if scale_ridge:
        mean_square = backend.mean(ops.square(features[0])) + FEATURE_EPSILON
        penalty = ridge * examples * mean_square

    weights, intercept = ridge_ops.ridge_regression(features[0], targets[0], penalty)
    support, query = (ops.matmul(f, weights) + intercept for f in features)
    support_loss = ridge_ops.squared_distance(support, targets[0])
    scored = query
    if normalize_predictions and loss != "cosine":
        scored = ridge_ops.unit_rows(query)
    query_loss = DISTANCES[loss](scored, targets[1])
    size = penalty * ops.sum(ops.square(weights)) / examples
    added = ops.zeros_like(size) if loss == "cosine" else size
    total = (query_loss + added) * (1.0 - support_weight) + (
        support_loss + added
    ) * support_weight
    metrics = {
        "query_accuracy": ridge_ops.accuracy(query, targets[1]),
        "support_accuracy": ridge_ops.accuracy(support, targets[0]),
        "query_loss": query_loss,
        "support_loss": support_loss,
        "penalty": size,
        "ridge_weights": ops.concatenate([weights, intercept[None, :]], axis=0),
    }
    if support_regression is not None:
        error = _regression_loss(
            features, (support_regression, query_regression), penalty
        )
        metrics["regression_loss"] = error
        total = total + regression_weight * error
    return total, metrics


def _regression_loss(features, targets, penalty):
    """Mean squared error of standardised targets on the query."""
    support, query = (ops.convert_to_tensor(y, features[0].dtype) for y in targets)
    mean, variance = ops.moments(support, axes=0)
    scale = ops.rsqrt(variance + NORM_EPSILON)
    support, query = (support - mean) * scale, (query - mean) * scale
    weights, intercept = ridge_ops.ridge_regression(features[0], support, penalty)
    prediction = ops.matmul(features[1], weights) + intercept
    return backend.mean(ops.square(prediction - query))


def _checked(support_features, support_targets, query_features, query_targets, loss):
    if loss not in DISTANCES:
        raise invalid(
            "Unknown meta-objective.",
            expected=f"one of {', '.join(DISTANCES)}",
            received=f"loss={loss!r}",
            remedy="The paper uses 'cosine', the released code 'squared'.",
        )
    features = [ops.convert_to_tensor(f) for f in (support_features, query_features)]
    dtype = features[0].dtype
    targets = [
        ops.convert_to_tensor(y, dtype) for y in (support_targets, query_targets)
    ]
    for name, f, y in zip(("support", "query"), features, targets, strict=True):
        if len(f.shape) != 2 or len(y.shape) != 2 or _differ(f.shape[0], y.shape[0]):
            raise invalid(
                f"Features and targets of the {name} do not fit together.",
                expected="(examples, features) and (examples, classes)",
                received=f"{tuple(f.shape)} and {tuple(y.shape)}",
                remedy="Pass one target row per feature row; labels as one-hot rows.",
            )
        if backend.is_concrete(f):
            check_finite(f, f"{name}_features")
    if any(_differ(a.shape[1], b.shape[1]) for a, b in (features, targets)):
        raise invalid(
            "Support and query do not fit together.",
            expected="the same number of features and of classes",
            received=f"features {features[0].shape[1]} and {features[1].shape[1]}, "
            f"classes {targets[0].shape[1]} and {targets[1].shape[1]}",
            remedy="Embed both with the same phi and list the same classes.",
        )
    if backend.is_concrete(targets[0]):
        empty = ops.convert_to_numpy(targets[0]).max(axis=0) <= 0
        if empty.any():
            raise invalid(
                "A class has no support example.",
                expected="at least one row per class",
                received=f"none for class(es) {empty.nonzero()[0].tolist()}",
                remedy="Drop the class or add examples of it.",
            )
    return tuple(features), tuple(targets)


def _differ(a, b):
    """Whether two sizes differ, as far as they are known."""
    return None not in (a, b) and a != b
