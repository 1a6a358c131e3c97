"""Local rules by name."""

import difflib

import gin

from learned_update.errors import invalid
from learned_update.layers.local_rules.contrastive.clapp import Clapp
from learned_update.layers.local_rules.contrastive.forward_forward import ForwardForward
from learned_update.layers.local_rules.contrastive.lpl import Lpl
from learned_update.layers.local_rules.feedback.blur import Blur
from learned_update.layers.local_rules.feedback.denoising import Denoising
from learned_update.layers.local_rules.feedback.feedback_plasticity import (
    FeedbackPlasticity,
)
from learned_update.layers.local_rules.feedback.vsml import Vsml
from learned_update.layers.local_rules.hebbian.bcm import Bcm
from learned_update.layers.local_rules.hebbian.foldiak import Foldiak
from learned_update.layers.local_rules.hebbian.oja import Oja
from learned_update.layers.local_rules.hebbian.sanger import Sanger
from learned_update.layers.local_rules.hebbian.similarity_matching import (
    SimilarityMatching,
)
from learned_update.layers.local_rules.hebbian.soft_hebb import SoftHebb
from learned_update.layers.local_rules.local_rule import LocalRule

LOCAL_RULES = {
    "oja": Oja,
    "sanger": Sanger,
    "bcm": Bcm,
    "foldiak": Foldiak,
    "similarity-matching": SimilarityMatching,
    "soft-hebb": SoftHebb,
    "lpl": Lpl,
    "clapp": Clapp,
    "forward-forward": ForwardForward,
    "feedback-plasticity": FeedbackPlasticity,
    "blur": Blur,
    "vsml": Vsml,
    "denoising": Denoising,  # not local: the reference
}


def local_rule(name: str, **settings: float) -> LocalRule:
    """A local rule at its published constants.

    Args:
        name: one of `LOCAL_RULES`.
        **settings: arguments of its class, such as `rate`.

    Returns:
        A `LocalRule`.

    Raises:
        ValueError: there is no local rule of that name; the message has near ones.
    """
    if name not in LOCAL_RULES:
        near = difflib.get_close_matches(str(name), LOCAL_RULES)
        raise invalid(
            f"There is no local rule {name!r}.",
            expected=f"one of {', '.join(LOCAL_RULES)}",
            received=repr(name),
            remedy=f"Near names: {', '.join(near)}." if near else "Name one of these.",
        )
    return LOCAL_RULES[name](**settings)


@gin.configurable("local_rule", module="learned_update")
def configured_local_rule(form=gin.REQUIRED, seed=0, dtype=None):
    """The local rule that a run meta-trains.

    Args:
        form: a class such as `@Oja`, whose parameters are its constants.
        seed: of the random part of the initial theta; most have none.
        dtype: of theta; Keras' default if None.

    Returns:
        A `LocalRule`.
    """
    return form(seed=seed, dtype=dtype)
