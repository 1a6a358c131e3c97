"""The two forms of the rule: which parts they are assembled from.

A form is a dict of the arguments of `UpdateRule`. Where the two differ, they are given
another layer, not a flag.
"""

from learned_update.layers.inner_learning_rate import FixedRate, LearnedRate
from learned_update.layers.primitives.block import Block, Chain, TimedBlock
from learned_update.layers.primitives.convolution import Convolution
from learned_update.layers.primitives.linear import UnitLinear
from learned_update.layers.unit_states.error_network import ErrorNetwork
from learned_update.layers.unit_states.features import LocalFeatures, ReleasedFeatures
from learned_update.layers.unit_states.mixing import ConvolutionMixing, MomentMixing
from learned_update.layers.unit_states.top_error import (
    ConvolutionTopError,
    LocalTopError,
)
from learned_update.layers.update_network import BiasChange, UpdateNetwork
from learned_update.layers.weight_changes.merge import LeakyMerge, ReleasedMerge
from learned_update.layers.weight_changes.terms import (
    NEURON_LOCAL_TERMS,
    RELEASED_TERMS,
)
from learned_update.layers.weight_changes.weight_change import WeightChange

RELEASED_BASE = {
    "epsilon": 1e-6,
    "fan_in_scaling": False,
    "kernel_stddev": 0.01,
    "bias_stddev": 0.1,
}
NEURON_LOCAL_BASE = {
    "epsilon": 1e-4,
    "fan_in_scaling": True,
    "kernel_stddev": 1.0,
    "bias_stddev": 0.1,
}


def neuron_local_parts(
    channels=16,
    delta_channels=8,
    rank=2,
    depth=1,
    mixing=MomentMixing,
    terms=NEURON_LOCAL_TERMS,
    without=(),
    identical_updates=True,
    weight_statistics=True,
    unit_identity=False,
    inner_learning_rate=0.1,
    maximum_inner_learning_rate=0.5,
    rate=LearnedRate,
    clock=None,
    momentum=None,
    feedback_alignment=0.0,
    contrast=None,
    moments=(),
    more_terms=(),
    dtype=None,
):
    """What the paper's text describes and what new rules are trained with.

    An MLP per neuron and example; neurons and examples talk through moments. Hence
    equivariant to the order of units and of examples, and free in every width.

    Args:
        channels: of the unit states h.
        delta_channels: of the error signal.
        rank: of the readouts.
        depth: number of mixing layers of the unit network.
        mixing: layer class through which units and examples see one another.
        terms: names of the weight-change terms.
        without: names of terms to leave out.
        identical_updates: whether feedback kernels get the change of the kernels.
        weight_statistics: whether units see statistics of their weights.
        unit_identity: whether units see their position (not equivariant then).
        inner_learning_rate: where the learned rates start.
        maximum_inner_learning_rate: their bound.
        rate: layer class of the rates: `LearnedRate`, or `RateMap`, by which they
            differ by the layer's place, with time, and from the leak.
        clock: layer class `Clock`, with which the rule sees time; None for none.
        momentum: layer class `Momentum` of the inner steps; None for none.
        feedback_alignment: correlation of feedback kernels with kernels when phi is
            drawn, from 0 to 1.
        contrast: layer class `Contrast` between the examples of a batch, in the error
            that is carried down; None for none.
        moments: orders of moments of its activity that a unit sees, such as (3, 4).
        more_terms: names of further weight-change terms.
        dtype: of theta; Keras' default if None.

    Returns:
        A dict of arguments of `UpdateRule`.
    """
    clock = clock and clock(dtype=dtype)
    functions = clock.functions if clock else 0

    def weight_change():
        merge = LeakyMerge(functions=functions, dtype=dtype)
        all_terms = tuple(dict.fromkeys((*terms, *more_terms)))
        return WeightChange(merge, all_terms, without, rank, dtype=dtype)

    first = UnitLinear(channels, further=len(moments), dtype=dtype)
    timed = {"functions": functions} if functions else {}
    first = (TimedBlock if timed else Block)(
        first, **timed, use_scale=True, dtype=dtype
    )
    mixings = [mixing(channels, dtype=dtype) for _ in range(depth)]
    return {
        "error_network": ErrorNetwork(
            features=LocalFeatures(
                weight_statistics, unit_identity, moments, dtype=dtype
            ),
            top_error=LocalTopError(channels, delta_channels, dtype=dtype),
            unit_network=Chain([first, *mixings], dtype=dtype),
            carry_epsilon=1e-4,
            carry_fan_scaling=True,
            readouts_see_all=True,
            contrast=contrast and contrast(delta_channels, dtype=dtype),
            dtype=dtype,
        ),
        "update_network": UpdateNetwork(
            weight_change=weight_change(),
            bias_change=BiasChange(lift=False, from_zero=True, dtype=dtype),
            feedback_change=None if identical_updates else weight_change(),
            dtype=dtype,
        ),
        "inner_learning_rate": rate(
            inner_learning_rate, maximum_inner_learning_rate, dtype=dtype
        ),
        "base_options": _aligned(NEURON_LOCAL_BASE, feedback_alignment),
        "clock": clock,
        "momentum": momentum
        and momentum(own_feedback=not identical_updates, dtype=dtype),
    }


def _aligned(base_options, alignment):
    """Options of base models whose feedback kernels begin aligned with the kernels."""
    return {**base_options, **({"feedback_alignment": alignment} if alignment else {})}


def released_parts(
    embedding_units=32,
    channels=64,
    delta_channels=32,
    top_channels=64,
    rank=4,
    depth=1,
    top_depth=2,
    mixing=ConvolutionMixing,
    terms=RELEASED_TERMS,
    without=(),
    identical_updates=True,
    weight_statistics=True,
    unit_identity=True,
    inner_learning_rate=1e-4,
    dtype=None,
):
    """The form of the weights that the authors published (released_rule).

    Args:
        embedding_units: width of the embedding, which theta's shape depends on.
        channels: H, of the unit states.
        delta_channels: D, of the error signal.
        top_channels: S, of the top error.
        rank: K, of the readouts.
        depth: number of further convolutions of the unit network.
        top_depth: number of further convolutions of the top error.
        mixing: layer class through which units see one another.
        terms: names of the weight-change terms.
        without: names of terms to leave out.
        identical_updates: whether feedback kernels get the change of the kernels.
        weight_statistics: whether units see statistics of their weights.
        unit_identity: whether units see their position.
        inner_learning_rate: constant, and weight decay as well.
        dtype: of theta; Keras' default if None.

    Returns:
        A dict of arguments of `UpdateRule`.
    """

    def weight_change():
        merge = ReleasedMerge(dtype=dtype)
        return WeightChange(merge, terms, without, rank, dtype=dtype)

    stages = []
    for _ in range(depth + 1):
        stages.append(Block(Convolution(channels, dtype=dtype), dtype=dtype))
        stages.append(mixing(channels, dtype=dtype))
    return {
        "error_network": ErrorNetwork(
            features=ReleasedFeatures(weight_statistics, unit_identity, dtype=dtype),
            top_error=ConvolutionTopError(
                embedding_units, top_channels, delta_channels, top_depth, dtype=dtype
            ),
            unit_network=Chain(stages, dtype=dtype),
            carry_epsilon=1e-6,
            carry_fan_scaling=False,
            readouts_see_all=False,
            dtype=dtype,
        ),
        "update_network": UpdateNetwork(
            weight_change=weight_change(),
            bias_change=BiasChange(lift=True, from_zero=False, dtype=dtype),
            feedback_change=None if identical_updates else weight_change(),
            dtype=dtype,
        ),
        "inner_learning_rate": FixedRate(inner_learning_rate, dtype=dtype),
        "base_options": RELEASED_BASE,
    }
