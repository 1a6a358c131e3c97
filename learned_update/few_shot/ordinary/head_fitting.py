"""A new linear head on features that stay as they are."""

from keras import ops

from learned_update.few_shot.gradient.inner_steps import adam_steps, gradient_of
from learned_update.few_shot.gradient.network import head_logits
from learned_update.few_shot.objective import cross_entropy

MOMENTUM = 0.9  # of Adam's first moment


def new_head(features, ways, like):
    """`(kernel, bias)` of zeros in the dtype of `like`."""
    return (
        ops.zeros((features, ways), dtype=like.dtype),
        ops.zeros((ways,), dtype=like.dtype),
    )


def fitted_head(features, labels, ways, steps, rate):
    """A head after steps of Adam on the cross-entropy of a support.

    Args:
        features: `(supports, units)`.
        labels: `(supports,)` integers.
        ways: classes.
        steps: how many.
        rate: of each.

    Returns:
        `(kernel, bias)`.
    """

    def gradient_at(head, _):
        return gradient_of(
            lambda head: cross_entropy(head_logits(head, features), labels), head
        )

    head = new_head(features.shape[-1], ways, features)
    return adam_steps(gradient_at, head, steps, rate, MOMENTUM)
