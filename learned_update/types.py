"""The nouns that the layers of the package hand to each other.

All are NamedTuples, hence trees that both backends can map over. A leading
`tasks` axis is added where several tasks are vectorised.
"""

from typing import Any, NamedTuple

Tensor = Any  # a keras tensor, a tf.Variable's value or a NumPy array


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
    """

    layers: tuple[LayerParams, ...]


class Activations(NamedTuple):
    """What a forward pass of the base model computes.

    Attributes:
        xs: inputs and post-activations x_0 .. x_L, `(batch, units)` each.
        zs: pre-activations z_0 .. z_{L-1}; `zs[l]` feeds `xs[l + 1]`.
    """

    xs: tuple[Tensor, ...]
    zs: tuple[Tensor, ...]


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


class InnerState(NamedTuple):
    """Where the unrolls of a group of tasks stand.

    Attributes:
        phi: base-model parameters, every leaf with a leading `tasks` axis.
        input_map: the tasks' input maps, leading `tasks` axis.
        tasks: the tasks themselves, on the host.
        unroll: unrolls that each slot has begun before this one, `(tasks,)` int64.
        inner_step: inner steps done in the current unroll, `(tasks,)` int64.
        unroll_length: inner steps at which the unroll ends, `(tasks,)` int64.
    """

    phi: Phi
    input_map: InputMap
    tasks: tuple[Any, ...]
    unroll: Tensor
    inner_step: Tensor
    unroll_length: Tensor


class Episode(NamedTuple):
    """How many labelled examples the meta-objective sees.

    Attributes:
        ways: classes.
        shots: support examples per class.
        queries: query examples per class.
    """

    ways: int
    shots: int
    queries: int


class TaskBatch(NamedTuple):
    """What one truncation of a group of tasks reads: indices into its pixels.

    Attributes:
        inner: examples of the inner batches, `(tasks, steps, batch)` int32.
        support: labelled examples that the read-out is fitted to, class by class,
            `(tasks, steps, ways * shots)` int32.
        query: labelled examples that it is scored on, class by class,
            `(tasks, steps, ways * queries)` int32.
    """

    inner: Tensor
    support: Tensor
    query: Tensor


class TrainState(NamedTuple):
    """What a meta-training run carries from one outer step to the next.

    Attributes:
        outer_step: outer steps done.
        skipped: outer steps skipped for a non-finite meta-gradient.
        groups: one `InnerState` per group of tasks.
    """

    outer_step: int
    skipped: int
    groups: tuple[InnerState, ...]
