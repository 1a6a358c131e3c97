"""Which meta-objective a run trains with."""

import functools

import gin

from learned_update.meta.objective import meta_objective


@gin.configurable(module="learned_update")
def cosine_objective(ridge=0.1, scale_ridge=True, regression_weight=1.0):
    """The paper's: cosine distance of ridge predictions on the query.

    Args:
        ridge: penalty of the squared weights.
        scale_ridge: whether it is scaled to the features (neuron_local).
        regression_weight: of the mean squared error of the augmentation's
            coefficients, where images are augmented.

    Returns:
        A function as `meta_objective`.
    """
    return functools.partial(
        meta_objective,
        loss="cosine",
        ridge=ridge,
        scale_ridge=scale_ridge,
        regression_weight=regression_weight,
    )


@gin.configurable(module="learned_update")
def squared_objective(
    ridge=0.1, scale_ridge=False, support_weight=0.0, regression_weight=1.0
):
    """The released code's: squared error of normalised predictions, and the penalty.

    Args:
        ridge: penalty of the squared weights.
        scale_ridge: whether it is scaled to the features.
        support_weight: weight of the support's own loss.
        regression_weight: as in `cosine_objective`.

    Returns:
        A function as `meta_objective`.
    """
    return functools.partial(
        meta_objective,
        loss="squared",
        ridge=ridge,
        scale_ridge=scale_ridge,
        support_weight=support_weight,
        regression_weight=regression_weight,
    )
