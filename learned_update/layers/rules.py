"""The two forms of the rule by gin: each part changed by one binding."""

import gin

from learned_update.layers.forms import neuron_local_parts, released_parts
from learned_update.layers.inner_learning_rate import LearnedRate
from learned_update.layers.stepping.clock import Clock
from learned_update.layers.stepping.momentum import Momentum
from learned_update.layers.stepping.rate_map import RateMap
from learned_update.layers.unit_states.contrast import Contrast
from learned_update.layers.unit_states.mixing import ConvolutionMixing, MomentMixing
from learned_update.layers.update_rule import UpdateRule

for _part in (
    ConvolutionMixing,
    MomentMixing,
    LearnedRate,
    RateMap,
    Clock,
    Momentum,
    Contrast,
):
    gin.register(_part, module="learned_update")

neuron_local_parts = gin.external_configurable(
    neuron_local_parts, name="neuron_local", module="learned_update"
)
released_parts = gin.external_configurable(
    released_parts, name="released", module="learned_update"
)


@gin.configurable("update_rule", module="learned_update")
def configured_rule(form=neuron_local_parts, feedback="learned", seed=0, dtype=None):
    """An `UpdateRule` of one of the forms.

    Args:
        form: `@neuron_local` or `@released`, whose parameters are the rule's parts:
            sizes, `terms`, `without`, `mixing`, `identical_updates`,
            `weight_statistics`, `unit_identity`, and options of the former: `rate`,
            `clock`, `momentum`, `feedback_alignment`, `contrast`, `moments`,
            `more_terms`.
        feedback: what carries the error down: `"learned"`, `"fixed"` or
            `"transpose"`.
        seed: of the initial theta.
        dtype: of theta; Keras' default if None.

    Returns:
        An `UpdateRule`.
    """
    return UpdateRule(**form(dtype=dtype), feedback=feedback, seed=seed, dtype=dtype)
