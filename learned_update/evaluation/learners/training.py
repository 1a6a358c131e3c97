"""Meta-training of a learner on data by name."""

import gin

from learned_update.few_shot.episodes.distribution import EpisodeDistribution
from learned_update.few_shot.episodes.named import divided
from learned_update.few_shot.episodes.omniglot import SIZE


@gin.configurable(module="learned_update")
def few_shot_train(
    learner,
    data,
    names=None,
    size=SIZE,
    channels=1,
    ways=5,
    shots=1,
    queries=15,
    permuted=False,
    steps=None,
    learning_rate=None,
    tasks_per_step=None,
    progress=None,
    **persistence,
):
    """Meta-trains a learner on the meta-training classes of a data set.

    Args:
        learner: `Learner`.
        data: name, as `episodes.named.divided` knows it.
        names: path of a file of the names of the meta-test classes.
        size: height and width of images.
        channels: 1 for grey, 3 for colour.
        ways: classes of an episode.
        shots: labelled examples of each.
        queries: examples of each to classify.
        permuted: whether every episode has its pixels in an order of its own.
        steps: outer steps; None takes the learner's own, as for the next two.
        learning_rate: of the outer optimizer.
        tasks_per_step: episodes of a step.
        progress: whether to show a bar; None shows it on a terminal.
        **persistence: of `Learner.fit`.

    Returns:
        The learner.
    """
    training, _ = divided(data, size, names, channels)
    episodes = EpisodeDistribution(
        training, ways, shots, queries, turned(data), permuted
    )
    return learner.fit(
        episodes, steps, learning_rate, tasks_per_step, progress, **persistence
    )


def turned(data):
    """Whether classes turned by 90 degrees are classes of their own: in Omniglot."""
    return data.startswith("omniglot") or data.endswith(".npz")
