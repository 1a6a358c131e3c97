"""What learners are meta-trained and meta-tested on."""

from typing import NamedTuple

from learned_update.data import load
from learned_update.evaluation.learners.episode_sets import draw_class_episodes
from learned_update.few_shot.episodes.distribution import EpisodeDistribution
from learned_update.few_shot.episodes.named import divided

OMNIGLOT, GLYPHS = "omniglot", "glyphs"
SHARE = 0.25  # of the outer steps, where it is not the field's reference set
QUERIES = 15  # of each class, in meta-testing
TRAINING_QUERIES = 5  # of each class, in meta-training; glyphs and Omniglot have enough


class Situation(NamedTuple):
    """One column of the table.

    Attributes:
        title: what it is called.
        data: `"omniglot"` or `"glyphs"`.
        ways: classes of an episode.
        shots: labelled examples of each.
        permuted: whether every episode has its pixels in an order of its own.
        tested_on: another data set to meta-test on; None for the classes held out.
        share: of the outer steps of `ENTRIES`.
    """

    title: str
    data: str
    ways: int
    shots: int
    permuted: bool = False
    tested_on: str | None = None
    share: float = 1.0

    @property
    def meta_training(self):
        """What the data of meta-training are called."""
        return f"{self.data} permuted" if self.permuted else self.data


SITUATIONS = {
    situation.title: situation
    for situation in (
        Situation("Omniglot 5-way 1-shot", OMNIGLOT, 5, 1),
        Situation("Omniglot 5-way 5-shot", OMNIGLOT, 5, 5),
        Situation("Omniglot 20-way 1-shot", OMNIGLOT, 20, 1),
        Situation("Omniglot 20-way 5-shot", OMNIGLOT, 20, 5),
        Situation("glyphs 5-way 1-shot", GLYPHS, 5, 1, share=SHARE),
        Situation(
            "permuted pixels 5-way 5-shot", OMNIGLOT, 5, 5, permuted=True, share=SHARE
        ),
        Situation(
            "digits from glyphs 5-way 5-shot",
            GLYPHS,
            5,
            5,
            tested_on="digits",
            share=SHARE,
        ),
    )
}


def distributions(situation, omniglot, size, ways=None, shots=None, names=None):
    """`EpisodeDistribution`s of meta-training and of meta-testing.

    Omniglot's characters turned by 90 degrees are classes of their own, in both parts.

    Args:
        situation: `Situation`.
        omniglot: name of the Omniglot to use, as `episodes.named.divided` knows it.
        size: height and width of images.
        ways: of meta-training; None for those of meta-testing.
        shots: of meta-training; None for those of meta-testing.
        names: path of a file of names of Omniglot's meta-test classes.
    """
    rotations = situation.data == OMNIGLOT
    if rotations:
        train, test = divided(omniglot, size, names)
    else:
        train, test = divided(situation.data, size)
    if situation.tested_on is not None:
        test = [load(situation.tested_on, size=size, channels=1)]
    common = {"rotations": rotations, "permuted": situation.permuted}
    form = situation.ways, situation.shots
    trained = ways or situation.ways, shots or situation.shots
    return (
        EpisodeDistribution(train, *trained, queries=TRAINING_QUERIES, **common),
        EpisodeDistribution(test, *form, queries=QUERIES, **common),
    )


def fixed_tests(situation, episodes, count, seed):
    """The fixed `EpisodeSet` that all learners of a situation are scored on."""
    return draw_class_episodes(situation.title, episodes, count, seed)
