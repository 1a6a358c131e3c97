"""What is watched, on held-out data, while a rule is meta-trained."""

from typing import NamedTuple

import gin

from learned_update.data.dataset import Dataset
from learned_update.errors import invalid
from learned_update.evaluation.few_shot.protocol import Protocol
from learned_update.evaluation.held_out.watch import HeldOutWatch


class HeldOutMonitor(NamedTuple):
    """Settings of the evaluations while training.

    Attributes:
        datasets: held-out `Dataset`s, which the tasks must not share a class with.
        protocol: `Protocol`.
        every: outer steps between two evaluations.
        largest_share: of the time of the run that evaluations may take.
        steps: inner steps.
        examples_per_class: of a data set that are used at most.
    """

    datasets: tuple[Dataset, ...]
    protocol: Protocol
    every: int
    largest_share: float
    steps: int
    examples_per_class: int

    def start(self, run_dir, rule, outer_step, outer_steps):
        """The `HeldOutWatch` of one run."""
        return HeldOutWatch(self, run_dir, rule, outer_step, outer_steps)


@gin.configurable
def held_out_monitor(
    datasets=gin.REQUIRED,
    every=50,
    largest_share=0.1,
    steps=100,
    examples_per_class=200,
    initialisations=3,
    episodes=20,
    **protocol,
):
    """Few-shot accuracy on held-out data while a rule is meta-trained.

    At intervals, and at the first and the last outer step, the present rule is scored
    on the same trials; theta is only read. A run directory gets `held_out.jsonl`,
    `plots/held_out.png` and, for every domain (data sets whose names begin alike up to
    a `/`), `best/<domain>.keras`, the rule that was best there. A warning tells if a
    domain gets worse while the meta-loss improves.

    Args:
        datasets: labelled `Dataset`s of different names. What is chosen by them, such
            as the best rule, has to be judged on others.
        every: outer steps between two evaluations.
        largest_share: of the time of the run that evaluations may take; those that
            would exceed it are left out, but for the first and the last.
        steps: inner steps.
        examples_per_class: of a data set that are used at most.
        initialisations: of phi, per data set; at least two, to see a spread.
        episodes: per initialisation.
        **protocol: further fields of `Protocol`, such as `units`, `shots` and `ways`,
            of which a data set with fewer classes takes all.

    Returns:
        `HeldOutMonitor`, for `meta_train`.

    Raises:
        ValueError: there is nothing to evaluate on, or a number makes no sense.
    """
    for name, number, least in (
        ("every", every, 1),
        ("steps", steps, 1),
        ("examples_per_class", examples_per_class, 2),
        ("episodes", episodes, 1),
        ("initialisations", initialisations, 2),
    ):
        if number < least:
            raise invalid(
                f"The monitor's {name} is too small.",
                expected=f"{name} >= {least}",
                received=f"{name}={number}",
                remedy="Leave it out: there is a default.",
            )
    if not 0 < largest_share <= 1:
        raise invalid(
            "Evaluations cannot take this share of the time.",
            expected="0 < largest_share <= 1",
            received=f"largest_share={largest_share}",
            remedy="A tenth is 0.1; to evaluate at every interval, give 1.",
        )
    return HeldOutMonitor(
        datasets=_checked(datasets),
        protocol=Protocol(
            initialisations=initialisations, episodes=episodes, **protocol
        ),
        every=every,
        largest_share=largest_share,
        steps=steps,
        examples_per_class=examples_per_class,
    )


def _checked(datasets):
    """The data sets as a tuple, if they are some, and of different names."""
    datasets = tuple(datasets)
    if not datasets or not all(isinstance(item, Dataset) for item in datasets):
        others = [item for item in datasets if not isinstance(item, Dataset)]
        raise invalid(
            "The monitor needs held-out data.",
            expected="at least one `Dataset`",
            received=", ".join(map(repr, others)) or "none",
            remedy="Load them by name with `learned_update.data.load_all`, in gin "
            "with @named_datasets().",
        )
    names = [dataset.name for dataset in datasets]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise invalid(
            "Held-out data sets are told apart by their names.",
            expected="different names",
            received=f"{', '.join(twice)} more than once",
            remedy="Leave out what is there already.",
        )
    return datasets
