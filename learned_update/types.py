"""The nouns that the layers of the package hand to each other.

All are NamedTuples, hence trees that both backends can map over. A leading
`tasks` axis is added where several tasks are vectorised.
"""

import os
from typing import Any, NamedTuple

Tensor = Any  # a keras tensor, a tf.Variable's value or a NumPy array
PathLike = str | os.PathLike[str]


class LayerParams(NamedTuple):
    """Parameters of one layer of the base model.

    Attributes:
        kernel: forward weights W, `(in, out)`.
        bias: added after the batch normalisation, `(out,)`.
        feedback: weights V that carry the error down, `(in, out)` like the kernel.
    """

    kernel: Tensor
    bias: Tensor
    feedback: Tensor


class Phi(NamedTuple):
    """Parameters of the base model, or a change of them, bottom to top.

    Attributes:
        layers: one `LayerParams` per layer.
        state: what a rule keeps beyond them, such as thresholds or lateral weights:
            one `{name: tensor}` per layer; `()` for rules that keep nothing.
    """

    layers: tuple[LayerParams, ...]
    state: tuple[dict[str, Tensor], ...] = ()


class Activations(NamedTuple):
    """What a forward pass of the base model computes.

    Attributes:
        xs: inputs and post-activations x_0 .. x_L, `(rows, units)` each: a row is an
            example or, of convolutions and attention, a position of one.
        zs: pre-activations z_0 .. z_{L-1}; `zs[l]` feeds `xs[l + 1]`.
        attention: attention weights, `(batch, tokens, tokens)` each, of the layers
            that mix tokens, bottom to top.
    """

    xs: tuple[Tensor, ...]
    zs: tuple[Tensor, ...]
    attention: tuple[Tensor, ...] = ()


class Statistics(NamedTuple):
    """Moments of the products x W, before the batch normalisation.

    Attributes:
        means: one `(units,)` per layer.
        variances: one `(units,)` per layer, population variances.
    """

    means: tuple[Tensor, ...]
    variances: tuple[Tensor, ...]


class InputMap(NamedTuple):
    """An affine map of the inputs, one per task: x <- (x - offset) matrix.

    Attributes:
        offset: `(inputs,)`.
        matrix: `(inputs, inputs)`.
    """

    offset: Tensor
    matrix: Tensor


class PixelMap(NamedTuple):
    """Inputs scaled one by one and put in order: x <- ((x - offset) scale)[order].

    Attributes:
        offset: `(inputs,)`.
        scale: `(inputs,)`.
        order: `(inputs,)` int32.
    """

    offset: Tensor
    scale: Tensor
    order: Tensor


class InnerState(NamedTuple):
    """Where the unrolls of a group of tasks stand.

    Attributes:
        phi: what the estimator carries on, the `Phi` of the base models or a tree with
            several, every leaf with a leading `tasks` axis; on the device. What a slot
            begins an unroll with is merged into it by the outer step, so at
            `inner_step` 0 it does not matter.
        unroll: unrolls that each slot has begun before this one, `(tasks,)` int64.
        inner_step: inner steps done in the current unroll, `(tasks,)` int64.
        unroll_length: inner steps at which the unroll ends, `(tasks,)` int64.
        broken: whether the last truncation of each slot was not finite, so that its
            unroll ends with the next one, `(tasks,)` bool; may be on the device.
    """

    phi: Phi
    unroll: Tensor
    inner_step: Tensor
    unroll_length: Tensor
    broken: Tensor


class EpisodeShape(NamedTuple):
    """What compiled code knows of a truncation beforehand.

    Attributes:
        ways: classes.
        shots: support examples per class.
        queries: query examples per class.
        image_shape: `(height, width, channels)` where images are augmented, else `()`.
        regression_targets: which coefficients of the augmentation the meta-objective
            asks for, indices into the last axis of `TaskBatch.coefficients`.
    """

    ways: int
    shots: int
    queries: int
    image_shape: tuple[int, ...] = ()
    regression_targets: tuple[int, ...] = ()


class Resident(NamedTuple):
    """What lies on the device during a run.

    Attributes:
        pixels: all examples, `(examples, inputs)` uint8, or float32 as they are.
        noise: bank of noise images of variance 1, `(images, inputs)` float32; `()`
            where images are not augmented.
    """

    pixels: Tensor
    noise: Tensor = ()


ROTATION, SHIFT_DOWN, SHIFT_RIGHT, NOISE = range(4)  # axis -1 of the coefficients


class TaskBatch(NamedTuple):
    """What one truncation of a group of tasks reads: indices and coefficients.

    A task's own batch, as it is drawn, has no `tasks` axis.

    Attributes:
        inner: examples of the inner batches, `(steps, tasks, batch)` int32.
        support: labelled examples that the read-out is fitted to, class by class,
            `(steps, tasks, ways * shots)` int32.
        query: labelled examples that it is scored on, class by class,
            `(steps, tasks, ways * queries)` int32.
        coefficients: of the augmentation (`ops.augmentation`), for the examples of
            inner, support and query in this order, `(steps, tasks, rows, 4)` float32;
            `()` where images are not augmented.
        noise: noise images that are added to them, `(steps, tasks, rows)` int32, or
            `()`.
    """

    inner: Tensor
    support: Tensor
    query: Tensor
    coefficients: Tensor = ()
    noise: Tensor = ()


class TruncationData(NamedTuple):
    """All that a group of tasks reads during one truncation.

    Attributes:
        resident: `Resident`.
        input_map: `InputMap` or `PixelMap`, leading `tasks` axis.
        batch: `TaskBatch`.
        steps: inner steps to do, a scalar; what `batch` has beyond them is not read.
            None does all of `batch`.
        noise: standard normal numbers, one tensor per trainable variable, leading
            `tasks` axis; `()` where the estimator perturbs nothing.
    """

    resident: Resident
    input_map: InputMap | PixelMap
    batch: TaskBatch
    steps: Tensor | None = None
    noise: Any = ()


SKIPPED, EXPLODED, ROLLED_BACK = range(3)  # of the counts of a `TrainState`


class TrainState(NamedTuple):
    """What a meta-training run carries from one outer step to the next.

    Attributes:
        outer_step: outer steps done.
        counts: how many outer steps were skipped for a non-finite meta-gradient, how
            many unrolls ended as their phi exploded, and how often the run went back
            to an earlier checkpoint, `(3,)` int32; may be on the device.
        groups: one `InnerState` per group of tasks.
    """

    outer_step: int
    counts: Tensor
    groups: tuple[InnerState, ...]
