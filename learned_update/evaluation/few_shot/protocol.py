"""What a few-shot evaluation measures."""

import dataclasses
from numbers import Integral

import gin

from learned_update.errors import invalid


@gin.register
@dataclasses.dataclass(frozen=True)
class Protocol:
    """The few-shot protocol.

    For every initialisation of phi: classes of the data set are drawn, their examples
    are split into a train and a test part, phi learns from the train part without
    labels, and a ridge read-out is fitted to a few labelled examples of the train
    part and scored on the test part, in many episodes. Inductive: batch statistics
    are those of the train part, so no test example influences another's features.

    Attributes:
        ways: classes per data set; as many are drawn for each initialisation.
        shots: labelled examples per class.
        queries: test examples per class and episode.
        episodes: per initialisation.
        initialisations: of phi, each with its own classes and split.
        train_fraction: share of the examples in the train part.
        units: widths of the base model.
        batch_size: of the inner steps; a smaller train part is one batch.
        average: whether a rule gives the mean of phi over its inner steps, as
            `BaseTrainer` does, instead of phi after them, as the paper has it.
        seed: of everything that is drawn.

    Raises:
        ValueError: if a number is too small.
    """

    ways: int = 10
    shots: int = 10
    queries: int = 10
    episodes: int = 100
    initialisations: int = 5
    train_fraction: float = 0.5
    units: tuple[int, ...] = (64, 64, 32)
    batch_size: int = 64
    average: bool = False
    seed: int = 0

    def __post_init__(self):
        check_at_least(2, ways=self.ways)
        for name in ("shots", "queries", "episodes", "initialisations"):
            check_at_least(1, **{name: getattr(self, name)})

    def __str__(self):
        mean = ", the mean of phi over inner steps" if self.average else ""
        return (
            f"{self.ways}-way, {self.shots} labels per class, {self.queries} queries "
            f"per class, inductive; base model of units "
            f"{'-'.join(map(str, self.units))}{mean}; "
            f"{self.initialisations} initialisations x {self.episodes} episodes, "
            f"seed {self.seed}"
        )


def check_at_least(least, **numbers):
    """Raises `ValueError` unless all numbers are integers of at least `least`."""
    for name, number in numbers.items():
        if not isinstance(number, Integral) or number < least:
            raise invalid(
                f"{name} is out of its range.",
                expected=f"an integer >= {least}",
                received=f"{name}={number!r}",
                remedy="Pass another number.",
            )
