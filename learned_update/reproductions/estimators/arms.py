"""The estimators that are compared, and what each of their inner steps costs."""

from typing import NamedTuple

from learned_update.errors import invalid


class EstimatorArm(NamedTuple):
    """One estimator, as a run is configured with it.

    Attributes:
        binding: of `meta_train.estimator`; a name in `training.estimators`.
        passes: that an inner step costs, in forward passes of one: a gradient is
            taken as four, as it goes forwards, forwards again (rematerialised) and
            backwards; of a perturbed theta there is one pass each.
        whole_unrolls: whether a truncation is a whole unroll.
    """

    binding: str
    passes: int
    whole_unrolls: bool = False


ARMS = {
    "truncated backpropagation": EstimatorArm("truncated_backpropagation", 4),
    "full backpropagation": EstimatorArm("full_backpropagation", 4, True),
    "truncated ES": EstimatorArm("truncated_es", 3),
    "persistent ES": EstimatorArm("persistent_es", 2),
    "ES-Single": EstimatorArm("single_es", 2),
    "mixture": EstimatorArm("mixture", 7),
}


def outer_steps(arm, passes, lengths, whole_unroll):
    """Outer steps that an arm does with a budget; at least 1.

    Args:
        arm: `EstimatorArm`.
        passes: the budget, in forward passes of an inner step of all tasks.
        lengths: of truncations, one of which is drawn at every outer step.
        whole_unroll: inner steps of an unroll, if a truncation is one.
    """
    length = whole_unroll if arm.whole_unrolls else sum(lengths) / len(lengths)
    return max(1, round(passes / (arm.passes * length)))


def schedule_bindings(arm, lengths, longest_unroll, whole_unroll):
    """Bindings of the lengths of truncations and unrolls."""
    if arm.whole_unrolls:
        lengths, unrolls = (whole_unroll,), (whole_unroll, whole_unroll)
    else:
        unrolls = (min(10, longest_unroll), longest_unroll)
    return (
        f"Schedule.truncation_lengths = {tuple(lengths)}",
        f"Schedule.unroll_lengths = {unrolls}",
    )


def chosen_arms(names):
    """The arms of some names, in the order of `ARMS`; all if None."""
    unknown = [name for name in names or () if name not in ARMS]
    if unknown:
        raise invalid(
            f"There is no estimator {unknown[0]!r} to compare.",
            expected=f"names among {', '.join(ARMS)}",
            received=", ".join(map(repr, names)),
            remedy="Correct the name.",
        )
    return {name: arm for name, arm in ARMS.items() if names is None or name in names}
