"""What a SavedModel of a rule computes, as TensorFlow functions of named tensors."""

import itertools

from learned_update.export.named_tensors import (
    named_phi,
    named_statistics,
    phi_from_named,
    statistics_from_named,
)
from learned_update.layers.rule_state import IDENTITY
from learned_update.meta import inner_step
from learned_update.ops.error_signal import aligned_feedback
from learned_update.types import LayerParams, Phi

ALGORITHM = "philox"  # of the draws; TensorFlow's choice differs between devices
MINIMUM_ROWS = 2  # of a batch that is normalised by itself


def init(base, dtype, seed, widths):
    """Draws phi from the distribution of `base.init_phi`; the draws are others.

    Args:
        base: `BaseMLP`, whose `kernel_stddev`, `bias_stddev`, `feedback_alignment` and
            `state` are used.
        dtype: of phi.
        seed: integer scalar; the draws are a function of it and the widths.
        widths: of the inputs and of every layer, integers or integer scalars.

    Returns:
        Named phi.
    """
    import tensorflow as tf

    scales = LayerParams(base.kernel_stddev, base.bias_stddev, base.kernel_stddev)
    layers, state = [], []
    for level, (fan_in, fan_out) in enumerate(itertools.pairwise(widths)):
        shapes = LayerParams([fan_in, fan_out], [fan_out], [fan_in, fan_out])
        draws = [
            tf.random.stateless_truncated_normal(
                shape,
                seed=tf.stack([seed, level * len(shapes) + index]),
                stddev=stddev,
                dtype=dtype,
                alg=ALGORITHM,
            )
            for index, (shape, stddev) in enumerate(zip(shapes, scales, strict=True))
        ]
        kernel, bias, feedback = draws
        feedback = aligned_feedback(kernel, feedback, base.feedback_alignment)
        layers.append(LayerParams(kernel, bias, feedback))
        sizes = {"i": fan_in, "o": fan_out}
        state.append({name: _kept(*kind, sizes, dtype) for name, *kind in base.state})
    return named_phi(Phi(tuple(layers), tuple(state)))


def _kept(axes, value, sizes, dtype):
    """As `rule_state.initial_state`, of sizes that may be tensors."""
    import tensorflow as tf

    shape = [sizes[axis] for axis in axes]
    if value == IDENTITY:
        return tf.eye(*shape, dtype=dtype)
    return tf.fill(shape, tf.cast(value, dtype))


def _phi(base, named):
    return phi_from_named(named, [name for name, _, _ in base.state])


def update(rule, base, phi, x):
    """Named phi after one `inner_step` on a batch x."""
    x = _varying(_batch(x))
    return named_phi(inner_step(rule, base, _phi(base, phi), x))


def embed(base, phi, x):
    """Features of x, `(batch, units[-1])`, normalised with its own statistics."""
    return base.embed(_phi(base, phi), _batch(x))


def embed_frozen(base, phi, statistics, x):
    """Features of x, normalised with given statistics: each row by itself."""
    frozen = statistics_from_named(statistics)
    return base.embed(_phi(base, phi), _finite(x), frozen)


def statistics(base, phi, x):
    """Named statistics of x, for `embed_frozen`."""
    return named_statistics(base.statistics(_phi(base, phi), _batch(x)))


def _finite(x):
    import tensorflow as tf

    return tf.debugging.check_numerics(x, "x holds values that are not finite.")


def _batch(x):
    """x, checked to be finite and of at least two rows when the graph runs."""
    import tensorflow as tf

    message = f"x needs at least {MINIMUM_ROWS} rows: one has no batch statistics."
    tf.debugging.assert_greater_equal(tf.shape(x)[0], MINIMUM_ROWS, message)
    return _finite(x)


def _varying(x):
    """x, checked to have rows that differ when the graph runs."""
    import tensorflow as tf

    message = "All rows of x are equal: every batch statistic is degenerate."
    tf.debugging.Assert(tf.reduce_any(tf.not_equal(x, x[:1])), [message])
    return x
