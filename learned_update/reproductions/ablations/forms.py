"""Forms of the rule: what each adds to the plain one, as gin bindings."""

from learned_update.reproductions.ablations.arms import PARTS
from learned_update.reproductions.ablations.choice import chosen

PLAIN = "plain rule"

# What the plain rule is, whatever the configuration says; a form comes after it.
NEUTRAL = (
    *PARTS,
    "neuron_local.channels = 16",
    "neuron_local.delta_channels = 8",
    "neuron_local.rank = 2",
    "neuron_local.rate = @LearnedRate",
    "neuron_local.clock = None",
    "neuron_local.momentum = None",
    "neuron_local.feedback_alignment = 0.0",
    "neuron_local.contrast = None",
    "neuron_local.moments = ()",
    "neuron_local.more_terms = ()",
)

_RATES = "neuron_local.rate = @RateMap"
_TIME = "neuron_local.clock = @Clock"
_MOMENTUM = "neuron_local.momentum = @Momentum"
_CONTRAST = "neuron_local.contrast = @Contrast"
_MOMENTS = "neuron_local.moments = (3, 4)"
_COMPETITION = ("winner_soft", "winner_hard", "contested")
_WHITENING = ("decorr_square", "decorr_lower")
_PREDICTION = ("reconstruction",)


def _rates(by_place, own_leak):
    return (_RATES, f"RateMap.by_place = {by_place}", f"RateMap.own_leak = {own_leak}")


def _terms(*names):
    return (f"neuron_local.more_terms = {names!r}",)


FORMS = {
    PLAIN: (),
    "time": (_TIME,),
    "time, also in rates": (_TIME, *_rates(False, False)),
    "rates by place": _rates(True, False),
    "leak of its own": _rates(False, True),
    "rates and leak by place": _rates(True, True),
    "momentum": (_MOMENTUM,),
    "feedback aligned by half": ("neuron_local.feedback_alignment = 0.5",),
    "feedback from the kernels": ("neuron_local.feedback_alignment = 1.0",),
    "error as contrast": (_CONTRAST,),
    "skewness and kurtosis": (_MOMENTS,),
    "competition": _terms(*_COMPETITION),
    "whitening": _terms(*_WHITENING),
    "reconstruction": _terms(*_PREDICTION),
    "32 channels": ("neuron_local.channels = 32",),
    "64 channels": ("neuron_local.channels = 64",),
    "16 delta channels": ("neuron_local.delta_channels = 16",),
    "readouts of rank 8": ("neuron_local.rank = 8",),
    "all options": (
        _TIME,
        *_rates(True, True),
        _MOMENTUM,
        "neuron_local.feedback_alignment = 0.5",
        _CONTRAST,
        _MOMENTS,
        *_terms(*_COMPETITION, *_WHITENING, *_PREDICTION),
    ),
}


def form_bindings(form):
    """The bindings that make a form of a configuration.

    Args:
        form: one of `FORMS`.

    Returns:
        A tuple of gin bindings: the plain rule's, then those of the form.
    """
    return (*NEUTRAL, *FORMS[form])


def chosen_forms(names=None):
    """`chosen` of `FORMS`."""
    return chosen(FORMS, names, "form of the rule")
