"""How much a diagnosis measures."""

from typing import NamedTuple

from learned_update.errors import invalid


class Settings(NamedTuple):
    """Sizes of a diagnosis.

    Attributes:
        steps: inner steps of an unroll.
        tasks: side by side.
        samples: of persistent ES, each the mean over the tasks; 0 leaves it out.
        group: index of the group of tasks that is looked at.
        sizes: how far theta is moved, over its norm.
        sigma: of the perturbations of persistent ES.
        seed: of everything random.
    """

    steps: int = 50
    tasks: int = 8
    samples: int = 16
    group: int = 0
    sizes: tuple[float, ...] = (1e-4, 1e-3, 1e-2)
    sigma: float = 0.01
    seed: int = 0


def check_settings(settings, groups):
    """Raises `ValueError` for sizes that make no sense.

    Args:
        settings: `Settings`.
        groups: how many groups of tasks there are.
    """
    for name, least in (("steps", 4), ("tasks", 2), ("samples", 0), ("seed", 0)):
        number = getattr(settings, name)
        if number < least or (name, number) == ("samples", 1):
            raise invalid(
                f"A diagnosis cannot be made with this number of {name}.",
                expected=f"{name} >= {least}, and not one sample",
                received=f"{name}={number}",
                remedy=f"Leave it out: the default is {Settings()._asdict()[name]}.",
            )
    if not 0 <= settings.group < groups:
        raise invalid(
            "The run has no such group of tasks.",
            expected=f"a group from 0 to {groups - 1}",
            received=f"group={settings.group}",
            remedy="The first one is 0.",
        )


def truncation_lengths(steps, trained):
    """Lengths that gradients are taken with: 1, 2, 4, .., the trained one, all steps.

    Args:
        steps: inner steps of an unroll.
        trained: truncation lengths of the run.

    Returns:
        Ascending integers, the last one `steps`; of each, its double is there, too, if
        it is not longer than the unroll.
    """
    middle = min(sorted(trained)[len(trained) // 2], steps)
    lengths, length = {steps}, 1
    while length < steps:
        lengths.add(length)
        length *= 2
    while middle < steps:
        lengths.add(middle)
        middle *= 2
    return sorted(lengths)
