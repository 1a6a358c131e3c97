"""What few-shot accuracy on full test splits is measured with."""

import dataclasses

import gin

from learned_update.errors import invalid

QUICK_EPISODES, QUICK_INITIALISATIONS = 3, 2
QUICK_SHARE = 10  # that inner steps, those of baselines and rows are divided by
_COUNTS = ("ways", "shots", "queries", "episodes", "initialisations", "steps")


@gin.register
@dataclasses.dataclass(frozen=True)
class ComparisonProtocol:
    """The few-shot protocol with fixed episodes and full test splits.

    Everything is learned from unlabelled rows of the train split and from an episode's
    support, which is of the train split too. All initialisations share the episodes.

    Attributes:
        ways: classes of an episode.
        shots: labelled examples per class.
        queries: test examples per class; None takes all.
        episodes: how many; of an episode file, the first.
        initialisations: of phi and of every baseline that draws something.
        units: widths of the base model.
        steps: inner steps.
        batch_size: of the inner steps; fewer rows are one batch.
        average: whether a rule gives the mean of phi over its inner steps, as
            `BaseTrainer` does.
        unlabelled: at most as many rows of the train split are learned from; None
            takes all.
        baseline_share: of the usual steps of the baselines that are trained in many.
        seed: of the episodes, and of the first initialisation.

    Raises:
        ValueError: if a number is below 1, or the share is not positive.
    """

    ways: int = 10
    shots: int = 10
    queries: int | None = None
    episodes: int = 10
    initialisations: int = 3
    units: tuple[int, ...] = (128, 128, 32)
    steps: int = 250
    batch_size: int = 512
    average: bool = True
    unlabelled: int | None = 10000
    baseline_share: float = 1.0
    seed: int = 0

    def __post_init__(self):
        for name in _COUNTS:
            number = getattr(self, name)
            if number is not None and number < 1:
                raise invalid(
                    f"{name} is too small.",
                    expected="at least 1",
                    received=f"{name}={number}",
                    remedy="Give a larger number.",
                )

        if not self.baseline_share > 0:
            raise invalid(
                "The baselines cannot be trained for this share of their steps.",
                expected="a positive number, 1 for their usual steps",
                received=f"baseline_share={self.baseline_share}",
                remedy="Leave baselines out with `full_test_sets.baselines`.",
            )

    def quick(self):
        """The same with less of everything that takes time."""
        rows = self.unlabelled
        return dataclasses.replace(
            self,
            episodes=min(self.episodes, QUICK_EPISODES),
            initialisations=min(self.initialisations, QUICK_INITIALISATIONS),
            steps=max(1, self.steps // QUICK_SHARE),
            unlabelled=None if rows is None else max(2, rows // QUICK_SHARE),
            baseline_share=self.baseline_share / QUICK_SHARE,
        )

    def __str__(self):
        rows = "all" if self.unlabelled is None else f"at most {self.unlabelled}"
        mean = ", the mean of phi over inner steps" if self.average else ""
        return (
            f"base model of units {'-'.join(map(str, self.units))}{mean}; "
            f"{self.initialisations} initialisations, seed {self.seed}; {rows} "
            "unlabelled rows of the train split, whose statistics inductive features "
            "are normalised with; transductive ones with those of an episode's support "
            "and all its queries in one batch"
        )
