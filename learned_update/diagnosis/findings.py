"""What a diagnosis finds."""

from typing import Any, NamedTuple

from learned_update.diagnosis.probes.shares import Shares


class Gradients(NamedTuple):
    """Meta-gradients of whole unrolls, by the length of their truncations.

    Attributes:
        lengths: inner steps, ascending; the last is the whole unroll.
        norms: of every task's gradient, `(lengths, tasks)`.
        with_double: cosine of the mean over the tasks with that of twice the length,
            NaN where there is none.
        with_full: the same with that of the whole unroll.
        trained: the length that is nearest to those of the run.
        persistent: `NoisyEstimate` by persistent ES in truncations of `trained`, to
            the gradient of the whole unroll; None if left out.
        samples: of persistent ES.
    """

    lengths: tuple[int, ...]
    norms: Any
    with_double: Any
    with_full: Any
    trained: int
    persistent: Any
    samples: int


class Findings(NamedTuple):
    """What a diagnosis of a run finds.

    Attributes:
        run: its name.
        outer_step: of the checkpoint.
        metrics: of the run, a dict per outer step.
        held_out: dicts of held-out scores, as the run wrote them.
        settings: `Settings`.
        units: of the base model.
        datasets: name of the data set of each task whose loss was taken.
        losses: meta-loss of each, `(steps, tasks)`.
        initial_losses: the same with the initial theta; None if it is not there.
        gradients: `Gradients`.
        norms: of phi, `(steps, tasks)`.
        changes: of what inner steps change, `(steps, tasks)`.
        sensitivity: relative distance of phi over relative distance of theta,
            `(steps, sizes, tasks)`.
        marks: inner steps at which the shares were taken.
        shares: `Shares`; None if the rule has none.
        seconds: `{part: seconds}`.
    """

    run: str
    outer_step: int
    metrics: list[dict]
    held_out: list[dict]
    settings: Any
    units: tuple[int, ...]
    datasets: tuple[str, ...]
    losses: Any
    initial_losses: Any
    gradients: Gradients
    norms: Any
    changes: Any
    sensitivity: Any
    marks: tuple[int, ...]
    shares: Shares | None
    seconds: dict[str, float]
