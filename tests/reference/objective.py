"""The meta-objective: ridge regression on the support set, scored on the query set."""

from typing import NamedTuple

import numpy as np


class Objective(NamedTuple):
    """The meta-objective and its parts."""

    value: float
    query_loss: float
    support_loss: float
    penalty: float
    ridge_weights: np.ndarray
    query_accuracy: float
    support_accuracy: float
    support_targets: np.ndarray


def centred_targets(targets):
    """Targets minus their overall mean, scaled to a mean row norm^2 of 1."""
    centred = targets - targets.mean()
    return centred / np.sqrt(np.mean(np.sum(centred**2, axis=1)))


def columns_of_unit_length(features):
    """Features divided by each column's norm (1e-12 bounds its square from below)."""
    return features / np.sqrt(np.maximum(np.sum(features**2, axis=0), 1e-12))


def with_ones(features):
    """Features with a column of ones appended."""
    return np.concatenate([features, np.ones((len(features), 1))], axis=1)


def accuracy(predictions, targets):
    """Share of rows whose largest prediction is where the largest target is."""
    return np.mean(predictions.argmax(axis=1) == targets.argmax(axis=1))


def query_errors(predictions, targets, loss):
    """One error per query row."""
    if loss == "cosine":
        lengths = np.linalg.norm(predictions, axis=1) * np.linalg.norm(targets, axis=1)
        return 1.0 - np.sum(predictions * targets, axis=1) / lengths
    distance = np.sum((predictions - targets) ** 2, axis=1)
    return np.maximum(distance - 1.0, 0.0) if loss == "hinge" else distance


def meta_objective(
    support_features,
    support_targets,
    query_features,
    query_targets,
    ridge=0.1,
    support_weight=0.0,
    normalize_features=False,
    center_targets=True,
    normalize_predictions=True,
    loss="squared",
    scale_ridge=False,
):
    """J = (1 - s) * query loss + s * support loss + penalty, s = `support_weight`.

    The cosine distance ("true cosine distance" of the paper) goes without penalty.
    """
    count = len(support_features)
    if normalize_features:
        joint = columns_of_unit_length(
            np.concatenate([support_features, query_features])
        )
        support_features, query_features = joint[:count], joint[count:]
    if center_targets:
        support_targets = centred_targets(support_targets)
        query_targets = centred_targets(query_targets)
    if scale_ridge:
        ridge = ridge * count * np.mean(support_features**2)
    design = with_ones(support_features)
    strengths = np.full(design.shape[1], ridge)
    strengths[-1] = 0.0  # the offset is not penalised
    weights = np.linalg.solve(
        design.T @ design + np.diag(strengths), design.T @ support_targets
    )
    fitted = design @ weights
    predictions = with_ones(query_features) @ weights
    scored = predictions
    if normalize_predictions and loss != "cosine":
        scored = predictions / np.linalg.norm(predictions, axis=1, keepdims=True)
    query_loss = np.mean(query_errors(scored, query_targets, loss))
    support_loss = np.mean(np.sum((fitted - support_targets) ** 2, axis=1))
    penalty = ridge * np.sum(weights[:-1] ** 2) / count
    added = 0.0 if loss == "cosine" else penalty  # the paper's has none
    return Objective(
        (1.0 - support_weight) * query_loss + support_weight * support_loss + added,
        query_loss,
        support_loss,
        penalty,
        weights,
        accuracy(predictions, query_targets),
        accuracy(fitted, support_targets),
        support_targets,
    )
