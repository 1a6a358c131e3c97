"""The loop that meta-trains a learner; it goes on where it was stopped."""

from typing import NamedTuple

import numpy as np

from learned_update.errors import invalid
from learned_update.few_shot.training.checkpoint import restore, store
from learned_update.few_shot.training.outer_step import OuterStep
from learned_update.progress import Progress
from learned_update.randomness import generator

_EPISODES = 1  # key of the seed


class Budget(NamedTuple):
    """How long, and how fast, a learner is meta-trained.

    Attributes:
        steps: outer steps.
        learning_rate: of the outer optimizer.
        tasks_per_step: episodes over which a step averages.
    """

    steps: int
    learning_rate: float
    tasks_per_step: int


def meta_train(
    learner,
    episodes,
    budget,
    checkpoint=None,
    checkpoint_every=500,
    stop=None,
    progress=None,
):
    """Moves the theta of a learner, one step after the other.

    The episodes of a step are a function of the learner's seed and the step's number:
    a run that was stopped ends as one that was not.

    Args:
        learner: `Learner` that has a theta.
        episodes: `EpisodeDistribution`.
        budget: `Budget`.
        checkpoint: path of an `.npz` file to go on from, if it is there, and to write;
            None keeps nothing.
        checkpoint_every: steps between two checkpoints.
        stop: what has `is_set()`, true to stop after the present step; None never.
        progress: whether to show a bar; None shows it on a terminal.

    Returns:
        The losses before every step, a list.

    Raises:
        ValueError: if the budget makes no sense, the loss is not finite, or the
            checkpoint is of another run.
        KeyboardInterrupt: if `stop` was set; the checkpoint is written.
    """
    _check(budget)
    optimizer = learner.outer_optimizer(budget.learning_rate, budget.steps)
    outer_step = OuterStep(learner, optimizer)
    losses = [] if checkpoint is None else restore(checkpoint, learner, optimizer)
    with Progress(
        budget.steps, learner.method, initial=len(losses), enabled=progress
    ) as bar:
        while len(losses) < budget.steps:
            step = len(losses)
            drawn = [
                episodes.draw(generator(learner.seed, _EPISODES, step, task))
                for task in range(budget.tasks_per_step)
            ]
            losses.append(_finite(outer_step(drawn), learner, step))
            bar.update(loss=losses[-1])
            stopped = stop is not None and stop.is_set()
            due = len(losses) % checkpoint_every == 0 or len(losses) == budget.steps
            if checkpoint is not None and (stopped or due):
                store(checkpoint, learner, optimizer, losses)
            if stopped and len(losses) < budget.steps:
                raise KeyboardInterrupt(
                    f"Stopped after step {len(losses)} of {budget.steps}; the same "
                    "command goes on from there."
                )
    return losses


def _finite(loss, learner, step):
    if not np.isfinite(loss):
        raise invalid(
            f"The meta-loss of the {learner.method} learner is not finite.",
            expected="a finite number",
            received=f"{loss} at step {step}",
            remedy="Lower the learning rate, or scale the inputs to about 1.",
        )
    return loss


def _check(budget):
    if min(budget.steps, budget.tasks_per_step) < 1 or not budget.learning_rate > 0:
        raise invalid(
            "A learner cannot be meta-trained with this budget.",
            expected="steps >= 1, tasks_per_step >= 1, learning_rate > 0",
            received=f"{budget}",
            remedy="Leave them out for the defaults.",
        )
