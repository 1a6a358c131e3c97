"""Training of a base model with a rule: many inner steps on unlabelled data."""

from collections.abc import Callable

import numpy as np
from keras import ops
from numpy.typing import ArrayLike

from learned_update.checks import check_variance
from learned_update.errors import invalid
from learned_update.layers.bases.mlp import BaseMLP
from learned_update.layers.rule import Rule
from learned_update.meta.compiled_unroll import compiled_unroll
from learned_update.meta.trees import stack, unstack
from learned_update.meta.unroll import Course
from learned_update.progress import Progress
from learned_update.randomness import generator
from learned_update.types import Phi

STEPS_PER_CALL = 50  # inner steps in one compiled call; bounds latency and memory


class BaseTrainer:
    """Trains base models of one depth with one rule, side by side.

    It compiles once for every shape of phi and batch, and shares what is compiled with
    other rules of the same form.

    Args:
        rule: `UpdateRule`.
        base: `BaseMLP`.
        average: whether what is given is not phi after the last inner step but its
            `late_mean` over all of them, which has less of the noise of the batches.
    """

    def __init__(self, rule, base, average=False):
        self.rule = rule
        self.base = base
        self.average = average
        self._unroll = compiled_unroll(rule, base)

    def __call__(
        self,
        phis,
        data,
        steps,
        batch_size=128,
        seeds=(0,),
        callback=None,
        callback_every=None,
        progress=None,
    ):
        """Many inner steps of every base model with the rule's present theta.

        Args:
            phis: a `Phi` per base model, all of one shape.
            data: unlabelled examples per base model, `(examples, inputs)` each.
            steps: number of inner steps.
            batch_size: examples of an inner step, drawn without replacement.
            seeds: of the batches, one per base model.
            callback: called as `callback(step, phis)`; see `train_base_model`.
            callback_every: steps between two calls.
            progress: whether to show a bar; None shows it on a terminal.

        Returns:
            A list of `Phi`s.

        Raises:
            ValueError: as `train_base_model`.
        """
        at = range(callback_every, steps + 1, callback_every) if callback_every else ()
        for step, learned in self.stages(
            phis, data, steps, batch_size, seeds, at, progress
        ):
            if callback is not None and step > 0:
                callback(step, learned)
        return learned

    def stages(
        self,
        phis,
        data,
        steps,
        batch_size=128,
        seeds=(0,),
        at=(),
        progress=None,
    ):
        """Yields what a call of the trainer would return, as it grows.

        Args:
            phis: as for a call, as are the others.
            data: unlabelled examples per base model.
            steps: number of inner steps.
            batch_size: examples of an inner step.
            seeds: of the batches.
            at: numbers of steps, increasing, from 1 to `steps`.
            progress: whether to show a bar.

        Yields:
            `(step, phis)`: before the first step, after each of `at`, after the last.

        Raises:
            ValueError: as `train_base_model`.
        """
        dtype = np.dtype(ops.dtype(phis[0].layers[0].kernel))
        data = [np.asarray(x, dtype) for x in data]
        for phi, x in zip(phis, data, strict=True):
            self._check_data(x, phi, batch_size)
        theta = [ops.convert_to_tensor(v) for v in self.rule.trainable_variables]
        phi = stack(phis)
        course = Course(phi, phi.layers, ops.zeros((), dtype))
        yield 0, unstack(phi, len(phis))
        with Progress(steps, "inner steps", enabled=progress) as bar:
            for start, stop in _calls((*at, steps)):
                batches = [
                    _batches(seed, start, stop, x, batch_size)
                    for seed, x in zip(seeds, data, strict=True)
                ]
                xs = ops.convert_to_tensor(np.stack(batches, axis=1))
                course = self._unroll(theta, course, xs)
                bar.update(stop - start)
                if stop == steps or stop in at:
                    yield stop, unstack(self._given(course), len(phis))

    def _given(self, course):
        if not self.average:
            return course.phi
        return course.phi._replace(layers=course.mean)

    def _check_data(self, data, phi, batch_size):
        self.base.check_inputs(data, phi, minimum_rows=2)
        check_variance(data)
        if not 2 <= batch_size <= len(data):
            raise invalid(
                "An inner batch cannot be drawn from the data.",
                expected=f"2 <= batch_size <= {len(data)}, the number of rows",
                received=f"batch_size={batch_size}",
                remedy="Lower batch_size or pass more rows.",
            )


def train_base_model(
    rule: Rule,
    base: BaseMLP,
    phi: Phi,
    data: ArrayLike,
    steps: int,
    batch_size: int = 128,
    seed: int = 0,
    callback: Callable[[int, Phi], None] | None = None,
    callback_every: int | None = None,
    progress: bool | None = None,
    average: bool = False,
) -> Phi:
    """Applies the rule to random batches of unlabelled data; compiled.

    Args:
        rule: `UpdateRule`.
        base: `BaseMLP`.
        phi: `Phi` to start from.
        data: unlabelled examples, `(examples, inputs)`.
        steps: number of inner steps.
        batch_size: examples of an inner step, drawn without replacement.
        seed: of the batches, which are a function of it and the step alone.
        callback: called as `callback(step, phi)` after every `callback_every`-th step
            and after the last.
        callback_every: steps between two calls; 1 calls it after every step, None
            after the last only.
        progress: whether to show a bar; None shows it on a terminal.
        average: whether phi is the mean over all inner steps, each weighted by its
            number, instead of what it is after the last; `callback` likewise.

    Returns:
        `Phi` after the last step. Ctrl-C raises `KeyboardInterrupt` after the
        compiled call under way; use `callback` to keep what came before.

    Raises:
        ValueError: the data do not fit phi, hold NaN, do not vary, or have fewer rows
            than a batch.
    """

    def with_one(step, phis):
        callback(step, phis[0])

    (phi,) = BaseTrainer(rule, base, average)(
        [phi],
        [data],
        steps,
        batch_size,
        [seed],
        None if callback is None else with_one,
        callback_every,
        progress,
    )
    return phi


def _batches(seed, start, stop, data, batch_size):
    """The batches of some steps, `(steps, batch, inputs)`."""
    rows = [
        generator(seed, step).choice(len(data), batch_size, replace=False)
        for step in range(start, stop)
    ]
    return data[np.stack(rows)]


def _calls(ends):
    """Ranges of steps that end where a stage is due."""
    start = 0
    for end in ends:
        while start < end:
            stop = min(start + STEPS_PER_CALL, end)
            yield start, stop
            start = stop
