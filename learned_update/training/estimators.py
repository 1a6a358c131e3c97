"""Which estimator of the meta-gradient a run trains with: `meta_train.estimator`.

Each is a function of the trainer's settings; in gin `meta_train.estimator =
@persistent_es` and, for example, `persistent_es.sigma = 0.01`.
"""

import gin

from learned_update.errors import invalid
from learned_update.meta.estimators.mixture import Mixture
from learned_update.meta.estimators.persistent_es import PersistentES
from learned_update.meta.estimators.single_es import SingleES
from learned_update.meta.estimators.truncated_backpropagation import (
    TruncatedBackpropagation,
)
from learned_update.meta.estimators.truncated_es import TruncatedES

SIGMA = 0.01  # of a perturbation of theta


@gin.configurable(module="learned_update")
def truncated_backpropagation(clip_norm, rematerialise, schedule):
    """`TruncatedBackpropagation`: the default.

    Args:
        clip_norm: that of `meta_train`, which gives it.
        rematerialise: likewise.
        schedule: likewise.
    """
    del schedule
    return TruncatedBackpropagation(clip_norm, rematerialise)


@gin.configurable(module="learned_update")
def full_backpropagation(clip_norm, rematerialise, schedule):
    """Backpropagation through whole unrolls, which have to be short.

    Args:
        clip_norm: that of `meta_train`, which gives it.
        rematerialise: likewise.
        schedule: likewise.

    Raises:
        ValueError: an unroll may be longer than a truncation.
    """
    shortest, longest = min(schedule.truncation_lengths), max(schedule.unroll_lengths)
    if shortest < longest:
        raise invalid(
            "Full backpropagation needs truncations of whole unrolls.",
            expected="Schedule.truncation_lengths of at least the largest of "
            "Schedule.unroll_lengths",
            received=f"truncation_lengths={schedule.truncation_lengths}, "
            f"unroll_lengths={schedule.unroll_lengths}",
            remedy="Use, for example, (20,) and (20, 20).",
        )
    return TruncatedBackpropagation(clip_norm, rematerialise)


@gin.configurable(module="learned_update")
def truncated_es(clip_norm, rematerialise, schedule, sigma=SIGMA, pairs=1):
    """`TruncatedES`: antithetic pairs that begin at the same phi.

    Args:
        clip_norm: that of `meta_train`, which gives it.
        rematerialise: likewise.
        schedule: likewise.
        sigma: standard deviation of a perturbation of theta.
        pairs: antithetic pairs per task.
    """
    del rematerialise, schedule
    return TruncatedES(clip_norm, *_checked(sigma, pairs))


@gin.configurable(module="learned_update")
def persistent_es(clip_norm, rematerialise, schedule, sigma=SIGMA, pairs=1):
    """`PersistentES`: without truncation bias.

    Args:
        clip_norm: that of `meta_train`, which gives it.
        rematerialise: likewise.
        schedule: likewise.
        sigma: standard deviation of a perturbation of theta.
        pairs: antithetic pairs per task.
    """
    del rematerialise, schedule
    return PersistentES(clip_norm, *_checked(sigma, pairs))


@gin.configurable(module="learned_update")
def single_es(clip_norm, rematerialise, schedule, sigma=SIGMA, pairs=1):
    """`SingleES`: one perturbation per unroll, without truncation bias.

    Args:
        clip_norm: that of `meta_train`, which gives it.
        rematerialise: likewise.
        schedule: likewise.
        sigma: standard deviation of a perturbation of theta.
        pairs: antithetic pairs per task.
    """
    del rematerialise, schedule
    return SingleES(clip_norm, *_checked(sigma, pairs))


@gin.configurable(module="learned_update")
def mixture(clip_norm, rematerialise, schedule, sigma=SIGMA, pairs=1):
    """`Mixture` of truncated backpropagation and truncated ES.

    Args:
        clip_norm: that of `meta_train`, which gives it.
        rematerialise: likewise.
        schedule: likewise.
        sigma: standard deviation of a perturbation of theta.
        pairs: antithetic pairs per task.
    """
    del schedule
    return Mixture(clip_norm, rematerialise, *_checked(sigma, pairs))


def _checked(sigma, pairs):
    if not sigma > 0:
        raise invalid(
            "Theta is not perturbed.",
            expected="sigma > 0",
            received=f"sigma={sigma!r}",
            remedy="0.01 is a good beginning.",
        )
    if pairs < 1:
        raise invalid(
            "There is nothing to take differences of.",
            expected="pairs >= 1",
            received=f"pairs={pairs!r}",
            remedy="One pair per task will do where there are several tasks.",
        )
    return sigma, pairs
