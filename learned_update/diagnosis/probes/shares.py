"""How much each weight-change term has of the changes of phi."""

from typing import Any, NamedTuple

import numpy as np
from keras import ops

from learned_update import backend
from learned_update.layers.weight_changes.terms import TERMS
from learned_update.meta.truncated_step import task_inputs


class Shares(NamedTuple):
    """Shares of terms in the weighted sum that kernels are changed by.

    Attributes:
        terms: names.
        learned: whether each reads learned readouts, `(terms,)` bool.
        norms: norm of each weighted term over the sum of all norms, `(marks, layers,
            terms)`; of a mark and layer they sum to 1.
        along: length of each along the sum of all, over that sum's: they sum to 1,
            too, and are negative where a term works against the others.
    """

    terms: tuple[str, ...]
    learned: Any
    norms: Any
    along: Any


def term_shares(step, tasks, phis):
    """Shares of terms at some states of unrolls, means over the tasks.

    Args:
        step: `TruncatedStep`; the rule's merge has a `weighting` of its terms.
        tasks: `ProbeTasks`.
        phis: `{inner step: Phi with a leading tasks axis}`.

    Returns:
        `Shares`; None if the rule merges its terms in another way.
    """
    change = step.rule.update_network.weight_change
    if not hasattr(change.merge, "weighting"):
        return None
    rows = tasks.batch.inner.shape[-1]

    def of_task(phi, x):
        trace = step.rule.trace(phi, step.base.forward(phi, x))
        weights = change.merge.weighting(step.rule.time(phi))
        return ops.stack(
            [_products(weights, terms) for terms in trace["normalized_terms"]]
        )

    @backend.jit
    def of_tasks(phi, resident, batch, input_map):
        dtype = phi.layers[0].kernel.dtype
        inputs = task_inputs(
            resident, batch, input_map, step.episode.image_shape, dtype
        )
        return backend.vectorize(of_task)(phi, inputs[:, :rows])

    products = [
        ops.convert_to_numpy(
            of_tasks(phi, tasks.resident, tasks.at(mark), tasks.input_map)
        ).astype(np.float64)
        for mark, phi in phis.items()
    ]  # (tasks, layers, terms, terms) each
    norms, along = zip(*(shares_of(each) for each in products), strict=True)
    return Shares(
        terms=change.terms,
        learned=np.array([TERMS[name].readout is not None for name in change.terms]),
        norms=np.stack([each.mean(0) for each in norms]),
        along=np.stack([each.mean(0) for each in along]),
    )


def _products(weights, terms):
    """Inner products of weighted terms with each other, `(terms, terms)`."""
    scalars = ops.unstack(weights, len(terms))
    weighted = [w * term for w, term in zip(scalars, terms.values(), strict=True)]
    flat = ops.stack([ops.reshape(each, (-1,)) for each in weighted])
    return ops.matmul(flat, ops.transpose(flat))


def shares_of(products):
    """`(norms, along)` as of `Shares`.

    Args:
        products: inner products of weighted terms with each other, `(.., terms,
            terms)`.

    Returns:
        `(.., terms)` each.
    """
    norms = np.sqrt(np.clip(np.diagonal(products, axis1=-2, axis2=-1), 0, None))
    with_sum = products.sum(-1)  # of each with the sum of all
    return (
        norms / norms.sum(-1, keepdims=True),
        with_sum / with_sum.sum(-1, keepdims=True),
    )
