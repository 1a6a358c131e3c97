"""Hebbian learning: Oja's subspace rule, layer by layer, with decorrelated outputs."""

from typing import NamedTuple

import numpy as np
import threadpoolctl

from learned_update.baselines.shared.gradient_descent import batch_rows, check_settings
from learned_update.baselines.shared.rows import checked_rows, fitting_rows
from learned_update.baselines.shared.seeds import derived_seed
from learned_update.baselines.shared.wall_time import timed
from learned_update.checks import check_variance
from learned_update.errors import invalid
from learned_update.progress import Progress
from learned_update.randomness import generator

_KERNEL, _BATCHES = range(2)  # keys of a layer's draws


class HebbianLayer(NamedTuple):
    """x <- relu((x - mean) kernel decorrelation + offset).

    Attributes:
        mean: `(in,)`.
        kernel: `(in, out)`, by Oja's rule.
        decorrelation: `(out, out)`.
        offset: `(out,)`.
    """

    mean: np.ndarray
    kernel: np.ndarray
    decorrelation: np.ndarray
    offset: np.ndarray

    def __call__(self, x):
        """Features `(examples, out)` of x, `(examples, in)`."""
        y = (x - self.mean) @ self.kernel
        return np.maximum(y @ self.decorrelation + self.offset, 0.0)


def oja_step(kernel, x, rate):
    """One step of Oja's subspace rule (Oja, 1989), with y = x W.

    W <- W + rate (x^T y - W y^T y) / batch

    Args:
        kernel: W, `(in, out)`.
        x: inputs of mean zero, `(batch, in)`.
        rate: learning rate; stable below the inverse of the largest variance.

    Returns:
        The next W, `(in, out)`.
    """
    y = x @ kernel
    return kernel + rate / len(x) * (x.T @ y - kernel @ (y.T @ y))


def orthogonal(rng, fan_in, fan_out):
    """Random orthonormal columns, or rows if there are fewer: `(fan_in, fan_out)`."""
    wide = fan_out > fan_in
    normal = rng.standard_normal((fan_out, fan_in) if wide else (fan_in, fan_out))
    q = np.linalg.qr(normal)[0]
    return q.T if wide else q


def symmetric_whitening(y, shrinkage):
    """(C + shrinkage mean(variances) I)^(-1/2) of the covariance C of y.

    Args:
        y: of mean zero, `(examples, units)`.
        shrinkage: share of the mean variance that is added to every variance.

    Returns:
        `(units, units)`.
    """
    variances, axes = np.linalg.eigh(y.T @ y / len(y))
    floor = shrinkage * np.mean(variances)
    return (axes / np.sqrt(np.maximum(variances, 0.0) + floor)) @ axes.T


def decorrelation(y, shrinkage):
    """`symmetric_whitening` whose outputs have variance 1 each, or 0 where they must.

    Args:
        y: of mean zero, `(examples, units)`.
        shrinkage: 0 takes out all correlation, infinity none.

    Returns:
        `(units, units)`.
    """
    whitening = symmetric_whitening(y, shrinkage)
    stddev = np.sqrt(np.mean(np.square(y @ whitening), axis=0))
    return whitening / np.where(stddev > 0, stddev, 1.0)


class Hebbian:
    """Features of layers that learn one after the other, each from its inputs alone.

    A layer's kernel follows `oja_step` on random batches, with a rate that falls
    linearly to zero; its outputs pass `decorrelation` and a relu, the top layer's too.
    Uses no gradient and no error signal.

    Tuned by `tools/tune_baselines`, 10 settings: steps, learning rate, shrinkage,
    offset.

    Args:
        base: a `BaseMLP`, of which the widths count.
        seed: of the initial kernels and the batches.
        steps: Hebbian steps of every layer.
        batch_size: examples of a step; all of them where there are fewer.
        learning_rate: of Oja's rule, for inputs of total variance 1.
        shrinkage: see `decorrelation`; little of it makes much of noise.
        offset: added before the relu, in standard deviations of a unit.

    Attributes:
        layers: the `HebbianLayer`s, bottom to top.
        parameters: numbers of the layers.
        seconds: wall time of `fit`.
    """

    def __init__(
        self,
        base,
        seed,
        steps=1000,
        batch_size=128,
        learning_rate=0.5,
        shrinkage=1.0,
        offset=1.0,
    ):
        check_settings(steps, batch_size, learning_rate)
        _check_shrinkage(shrinkage)
        self.base = base
        self.seed = seed
        self.steps = steps
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.shrinkage = shrinkage
        self.offset = offset

    @timed
    def fit(self, pixels, progress=False):
        """Learns from `pixels`, `(examples, inputs)`, without labels.

        Args:
            pixels: at least two different examples.
            progress: whether to show a bar; None shows it on a terminal.

        Returns:
            This object.

        Raises:
            ValueError: if there are too few rows, they are all equal or not finite.
        """
        x = checked_rows(pixels, minimum=2)
        check_variance(x)
        self._inputs = x.shape[1]
        self.layers = ()
        x = x.astype(np.float64)
        total = self.steps * len(self.base.units)
        # Many small products: threads of BLAS would only wait for each other.
        with (
            threadpoolctl.threadpool_limits(1),
            Progress(total, "Hebbian steps", enabled=progress) as bar,
        ):
            for level, units in enumerate(self.base.units):
                layer = self._layer(x, level, units, bar)
                self.layers = (*self.layers, layer)
                x = layer(x)
        self.parameters = sum(part.size for layer in self.layers for part in layer)
        return self

    def embed(self, pixels):
        """Features `(examples, units[-1])` of `pixels`, `(examples, inputs)`."""
        x = fitting_rows(pixels, self._inputs).astype(np.float64)
        for layer in self.layers:
            x = layer(x)
        return x.astype(np.float32)

    def _layer(self, x, level, units, bar):
        mean = x.mean(axis=0)
        centred = x - mean
        rate = self.learning_rate / np.mean(np.sum(np.square(centred), axis=1))
        batch_size = min(self.batch_size, len(x))
        rng = generator(self.seed, level, _KERNEL)
        kernel = orthogonal(rng, x.shape[1], units)
        batches = derived_seed(self.seed, level, _BATCHES)
        for step in range(self.steps):
            rows = batch_rows(len(x), batch_size, batches, step)
            kernel = oja_step(kernel, centred[rows], rate * (1 - step / self.steps))
            bar.update()
        return HebbianLayer(
            mean,
            kernel,
            decorrelation(centred @ kernel, self.shrinkage),
            np.full(units, float(self.offset)),
        )


def _check_shrinkage(shrinkage):
    if not shrinkage > 0:
        raise invalid(
            "Outputs cannot be decorrelated with this shrinkage.",
            expected="a positive number",
            received=f"shrinkage={shrinkage}",
            remedy="The default is 1; 0.01 is close to whitening.",
        )
