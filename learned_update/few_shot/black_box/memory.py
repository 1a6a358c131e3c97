"""A memory with least-recently-used access (Santoro et al., 2016, section 3.2)."""

from typing import NamedTuple

from keras import ops

from learned_update.few_shot.metric.prototypes import unit_vectors
from learned_update.types import Tensor

INITIAL = 1e-6  # of a new memory's numbers
DECAY = 0.95  # gamma, of the usage


class Memory(NamedTuple):
    """What is remembered, and how it was accessed last.

    Attributes:
        rows: M, `(slots, width)`.
        usage: w^u, `(slots,)`.
        reads: w^r, `(heads, slots)`.
    """

    rows: Tensor
    usage: Tensor
    reads: Tensor


def empty_memory(slots, width, heads, dtype):
    """A `Memory` in which nothing was written."""
    return Memory(
        INITIAL * ops.ones((slots, width), dtype=dtype),
        ops.zeros((slots,), dtype=dtype),
        ops.zeros((heads, slots), dtype=dtype),
    )


def read_weights(keys, rows, strength):
    """w^r = softmax over slots of strength cos(k, M) (eq. 2 and 3).

    Args:
        keys: k, `(..., width)`.
        rows: M, `(slots, width)`.
        strength: 1 as published; more tells slots further apart.

    Returns:
        `(..., slots)`.
    """
    cosines = ops.matmul(unit_vectors(keys), ops.transpose(unit_vectors(rows)))
    return ops.softmax(strength * cosines, axis=-1)


def least_used(usage, count):
    """w^lu: the `count` least used slots, one a row (eq. 6).

    Of slots that are used equally little, the first. The published comparison with the
    count-th smallest usage would mark all of them, at the start the whole memory.

    Args:
        usage: w^u, `(slots,)`.
        count: how many.

    Returns:
        One-hot, `(count, slots)`.
    """
    order = ops.argsort(ops.stop_gradient(usage))[:count]
    return ops.one_hot(order, usage.shape[0], dtype=usage.dtype)


def write_weights(gate, reads, unused):
    """w^w = g w^r_{t-1} + (1 - g) w^lu_{t-1} (eq. 7).

    Args:
        gate: g = logistic(alpha), `(heads, 1)`.
        reads: w^r of the step before, `(heads, slots)`.
        unused: w^lu of the step before, `(heads, slots)`.

    Returns:
        `(heads, slots)`.
    """
    return gate * reads + (1 - gate) * unused


def written(memory, keys, gate, strength):
    """The memory after a step: read, least used slots emptied, keys written (eq. 5, 8).

    w^u = gamma w^u_{t-1} + sum over heads of w^r + w^w.

    Args:
        memory: `Memory`.
        keys: k, `(heads, width)`.
        gate: as of `write_weights`.
        strength: as of `read_weights`.

    Returns:
        `Memory`.
    """
    heads = keys.shape[0]
    unused = least_used(memory.usage, heads)
    writes = write_weights(gate, memory.reads, unused)
    reads = read_weights(keys, memory.rows, strength)
    kept = 1 - ops.sum(unused, axis=0)[:, None]  # (slots, 1)
    rows = memory.rows * kept + ops.matmul(ops.transpose(writes), keys)
    usage = DECAY * memory.usage + ops.sum(reads + writes, axis=0)
    return Memory(rows, usage, reads)
