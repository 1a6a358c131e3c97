"""The outer loop of baselines that are meta-trained."""

from collections.abc import Callable
from typing import Any, NamedTuple

from learned_update.baselines.shared.gradient_descent import (
    count_parameters,
    descend,
    epoch_means,
)


class Reports(NamedTuple):
    """What a caller of `fit` is told while it runs.

    Attributes:
        callback: called as `callback(step, learner)` after every `callback_every`-th
            step and after the last; None for no calls.
        callback_every: steps between two calls; None for the last alone.
        progress: whether to show a bar; None shows it on a terminal.
    """

    callback: Callable[[int, Any], Any] | None
    callback_every: int | None
    progress: bool | None


def meta_trained(learner, model, batch_at, keep, description, history_steps, reports):
    """Outer steps of a model; `learner` then has `history` and `parameters`.

    Args:
        learner: the baseline, which has `steps`.
        model: what `descend` takes.
        batch_at: function of the step, to the model's inputs.
        keep: function without arguments that makes the learner what the model is now;
            called before every report.
        description: what the bar calls it.
        history_steps: over which the losses of `history` are averaged.
        reports: `Reports`.

    Returns:
        The learner.

    Raises:
        ValueError: if the loss diverges.
    """
    callback, callback_every, progress = reports

    def report(step):
        keep()
        if callback is not None:
            callback(step, learner)

    losses = descend(
        model,
        batch_at,
        learner.steps,
        report,
        callback_every if callback is not None else None,
        progress,
        description,
    )
    learner.history = epoch_means(losses, history_steps)
    learner.parameters = count_parameters(model)
    return learner
