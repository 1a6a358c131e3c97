"""What an encoder has learned, how it learns more, and how it embeds."""

import warnings
from typing import Any, NamedTuple

import keras
import numpy as np
from keras import ops
from sklearn.utils import gen_batches

from learned_update.errors import describe, invalid
from learned_update.estimator.columns import (
    BLOCK_ROWS,
    Columns,
    check_held,
    columns_of,
    dense,
    merged,
    named,
    standardised,
    varies,
)
from learned_update.estimator.compiled import (
    RuleContent,
    base_content,
    compiled_trainer,
)
from learned_update.layers import BASE_MODELS
from learned_update.layers.bases.outputs import TOP, output_features
from learned_update.randomness import generator
from learned_update.types import Phi, Statistics

CHUNK_ROWS = 256  # embedded at a time; bounds memory and latency
STATISTICS_ROWS = 100_000  # most rows that statistics are computed of; bounds memory
MEMORY_ROWS = 1_000  # rows that the statistics of a stream remember, since phi moves
SEEDS = 2**31 - 1  # seeds are drawn from below this


class Fitted(NamedTuple):
    """What training leaves, as plain data.

    Attributes:
        rule: `RuleContent`.
        base: configuration of the base model.
        seed: of everything random.
        standardise: whether columns are centred and scaled.
        phi: `Phi` of NumPy arrays.
        statistics: `Statistics` of NumPy arrays; None before the first step.
        columns: `Columns` of the rows so far; None before there were any.
        steps: inner steps done.
        kind: of the base model, a name in `BASE_MODELS`.
        output: what is given out, one of `OUTPUTS`.
    """

    rule: RuleContent
    base: dict[str, Any]
    seed: int
    standardise: bool
    phi: Phi
    statistics: Statistics | None = None
    columns: Columns | None = None
    steps: int = 0
    kind: str = "mlp"
    output: str = TOP


def base_of(fitted):
    """The base model of a `Fitted`."""
    return BASE_MODELS[fitted.kind].from_config(dict(fitted.base))


def train(fitted, X, steps, batch_size, average, names=None, progress=None):
    """Inner steps on some rows, and the statistics after them: the last of `stages`.

    Args:
        fitted: `Fitted` to go on from.
        X: rows, `(rows, inputs)`, dense or CSR.
        steps: inner steps.
        batch_size: rows of each; all where there are fewer.
        average: of `BaseTrainer`.
        names: of the columns, for messages.
        progress: whether to show a bar; None shows it on a terminal.

    Returns:
        The next `Fitted`.

    Raises:
        ValueError: as `stages`.
    """
    *_, last = stages(fitted, X, steps, batch_size, average, None, names, progress)
    return last


def stages(fitted, X, steps, batch_size, average, at, names=None, progress=None):
    """Yields what is learned from some rows as it grows.

    Warns in the end if the rows vary too little for the base model.

    Args:
        fitted: as for `train`, as are the others.
        X: rows, `(rows, inputs)`, dense or CSR.
        steps: inner steps.
        batch_size: rows of each; all where there are fewer.
        average: of `BaseTrainer`.
        at: numbers of steps, increasing, from 1 to `steps`; None for the last stage
            alone.
        names: of the columns, for messages.
        progress: whether to show a bar; None shows it on a terminal.

    Yields:
        The next `Fitted`: before the first step, after each of `at`, after the last.

    Raises:
        ValueError: the rows are all equal, or too large for the base model's dtype,
            or, not standardised, too far from zero for it; or phi diverges.
    """
    base = base_of(fitted)
    columns = merged(fitted.columns, columns_of(X))
    seen = 0 if fitted.columns is None else fitted.columns.rows
    before = fitted._replace(columns=columns)
    if not before.standardise and base.compute_dtype == "float32":
        remedy = "Standardise the rows, or subtract a constant from the column."
        check_held(columns, varies(columns), names, remedy)
    x = _inputs(X, before, base, names)
    rng = generator(before.seed, before.steps)
    trainer = compiled_trainer(
        before.rule, len(base.units), base_content(base), average
    )
    course = trainer.stages(
        [_tensors(before.phi)],
        [x],
        steps,
        min(batch_size, len(x)),
        [int(rng.integers(SEEDS))],
        at or (),
        progress=progress,
    )
    if len(x) > STATISTICS_ROWS:
        x = x[rng.choice(len(x), STATISTICS_ROWS, replace=False)]
    for step, (phi,) in course:
        if step == 0 and steps > 0 and at is None:
            continue
        statistics = arrays(base.statistics(phi, x))
        _check_finite(statistics, before.steps + step)
        if step == steps:
            _warn_of_no_spread(statistics, base)
        if before.statistics is not None:
            remembered = min(seen, MEMORY_ROWS)
            share = X.shape[0] / (remembered + X.shape[0])
            statistics = pooled(before.statistics, statistics, share)
        yield before._replace(
            phi=arrays(phi), statistics=statistics, steps=before.steps + step
        )


def embed(fitted, X, names=None):
    """Features of rows, `(rows, output_units)`, in the dtype of the base model.

    Every product is of equally many rows, hence done by the same kernels whatever the
    number of rows. Those may sum a row's terms in an order that depends on its place
    in the block.

    Args:
        fitted: `Fitted` with statistics.
        X: rows, `(rows, inputs)`, dense or CSR.
        names: of the columns, for messages.

    Raises:
        ValueError: rows are too large for the dtype.
    """
    base = base_of(fitted)
    phi, statistics = _tensors(fitted.phi), _tensors(fitted.statistics)
    features = []
    for rows in gen_batches(X.shape[0], CHUNK_ROWS):
        x = _inputs(X[rows], fitted, base, names)
        padded = np.pad(x, ((0, CHUNK_ROWS - len(x)), (0, 0)))
        embedded = output_features(base, phi, padded, statistics, fitted.output)
        features.append(ops.convert_to_numpy(embedded)[: len(x)])
    return np.concatenate(features)


def pooled(first, second, share):
    """Moments of two sets of rows as one (Chan, Golub and LeVeque, 1983).

    Args:
        first: `Statistics` of the one.
        second: `Statistics` of the other.
        share: of the rows of both that are in the second.

    Returns:
        `Statistics`.
    """
    means, variances = [], []
    for a_mean, b_mean, a_variance, b_variance in zip(
        first.means, second.means, first.variances, second.variances, strict=True
    ):
        shift = b_mean - a_mean
        within = (1 - share) * a_variance + share * b_variance
        means.append(a_mean + share * shift)
        variances.append(within + share * (1 - share) * shift**2)
    return Statistics(tuple(means), tuple(variances))


def _inputs(X, fitted, base, names):
    """What the base model is given of rows: standardised first, then cast."""
    dtype = np.dtype(base.compute_dtype)
    x = np.empty(X.shape, dtype)
    for rows in gen_batches(X.shape[0], BLOCK_ROWS):
        block = dense(X[rows])
        if fitted.standardise:
            block = standardised(block.astype(np.float64), fitted.columns)
        with np.errstate(over="ignore"):
            x[rows] = block
    infinite = np.flatnonzero(~np.isfinite(x).all(axis=0))
    if len(infinite):
        raise invalid(
            f"Values of column {named(infinite[0], names)} are too large.",
            expected=f"inputs of the base model up to {np.finfo(dtype).max:.2g}, the "
            f"largest {dtype}",
            received=f"larger ones in {len(infinite)} of {x.shape[1]} columns",
            remedy="Scale the column, or take out rows that are errors.",
        )
    return x


def arrays(tree):
    """The same tree of NumPy arrays."""
    return keras.tree.map_structure(ops.convert_to_numpy, tree)


def _tensors(tree):
    return keras.tree.map_structure(ops.convert_to_tensor, tree)


def _check_finite(statistics, steps):
    if not all(np.isfinite(x).all() for x in keras.tree.flatten(statistics)):
        raise invalid(
            f"The base model has diverged within {steps} inner steps.",
            expected="finite means and variances on every layer",
            received="NaN or infinity",
            remedy="Standardise the rows, do fewer steps, or take another rule.",
        )


def _warn_of_no_spread(statistics, base):
    spread = statistics.variances[0].max()
    if spread < base.epsilon:
        warnings.warn(
            describe(
                "The rows vary so little that all of them get much the same features.",
                expected="products of the first layer with a variance above "
                f"{base.epsilon:.2g}, which is added to it",
                received=f"at most {spread:.2g}",
                remedy="Standardise the rows, or multiply them by a constant.",
            ),
            stacklevel=6,
        )
