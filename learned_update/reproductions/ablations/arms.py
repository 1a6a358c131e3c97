"""The arms of the ablation: what each takes away, as gin bindings.

The released form is none of them: at its inner learning rate of 1e-4 phi moves by a
hundredth in 100 inner steps, too little for a short meta-training to learn from.
"""

from learned_update.layers.weight_changes.terms import NEURON_LOCAL_TERMS, TERMS
from learned_update.reproductions.ablations.choice import chosen

WHOLE = "whole rule"

# What the whole rule has, whatever the configuration says; an arm comes after it.
PARTS = (
    "update_rule.form = @neuron_local",
    "update_rule.feedback = 'learned'",
    "neuron_local.depth = 1",
    "neuron_local.mixing = @MomentMixing",
    "neuron_local.without = ()",
    "neuron_local.identical_updates = True",
    "neuron_local.weight_statistics = True",
    "neuron_local.unit_identity = False",
    "meta_train.objective = @cosine_objective()",
    "meta_train.joint_statistics = True",
)

_TERM_ARMS = {
    "no Hebbian term": "hebb_positive",
    "no decorrelation": "decorr_off_diagonal",
    "no winner term": "winner",
    "no cubic decay": "cubic_decay",
    "no readout: zeroth order": "0_order",
    "no readout: first order": "1_order",
    "no readout: radial": "rbf",
    "no readout: linear, above": "lin_upper_symm",
    "no readout: linear, above, positive": "lin_upper_psd",
    "no readout: linear, below": "lin_lower_symm",
    "no readout: square, above": "sqr_upper_symm",
    "no readout: square, below": "sqr_lower_symm",
}


def _without(terms):
    return (f"neuron_local.without = {tuple(terms)!r}",)


def _with_readout(needed):
    """Terms that have a readout, or those that have none."""
    return [x for x in NEURON_LOCAL_TERMS if (TERMS[x].readout is not None) == needed]


ARMS = {
    WHOLE: (),
    "feedback: fixed": ("update_rule.feedback = 'fixed'",),
    "feedback: transpose": ("update_rule.feedback = 'transpose'",),
    "feedback: change of its own": ("neuron_local.identical_updates = False",),
    **{arm: _without([term]) for arm, term in _TERM_ARMS.items()},
    "no readouts": _without(_with_readout(True)),
    "readouts only": _without(_with_readout(False)),
    "no mixing": ("neuron_local.depth = 0",),
    "mixing: convolutions": ("neuron_local.mixing = @ConvolutionMixing",),
    "no weight statistics": ("neuron_local.weight_statistics = False",),
    "with unit identity": ("neuron_local.unit_identity = True",),
    "objective: squared error": ("meta_train.objective = @squared_objective()",),
    "query: statistics of the support": ("meta_train.joint_statistics = False",),
}


def arm_bindings(arm):
    """The bindings that make an arm of a configuration.

    Args:
        arm: one of `ARMS`.

    Returns:
        A tuple of gin bindings: the whole rule's, then those of the arm.
    """
    return (*PARTS, *ARMS[arm])


def chosen_arms(names=None):
    """`chosen` of `ARMS`."""
    return chosen(ARMS, names, "ablation")
