"""All learners by their method's name."""

import inspect

import gin

from learned_update.errors import invalid
from learned_update.few_shot.black_box.conditional import ConditionalProcess
from learned_update.few_shot.black_box.hyper_network import HyperNetwork
from learned_update.few_shot.black_box.lstm_reader import LstmReader
from learned_update.few_shot.black_box.mann import Mann
from learned_update.few_shot.black_box.meta_networks import MetaNetworks
from learned_update.few_shot.black_box.snail import Snail
from learned_update.few_shot.gradient.anil import Anil
from learned_update.few_shot.gradient.implicit import ImplicitMaml
from learned_update.few_shot.gradient.maml import FirstOrderMaml, Maml
from learned_update.few_shot.gradient.meta_sgd import MetaSgd
from learned_update.few_shot.gradient.reptile import Reptile
from learned_update.few_shot.metric.graph import GraphNetwork
from learned_update.few_shot.metric.matching import FullContextMatching, Matching
from learned_update.few_shot.metric.prototypical import Prototypical
from learned_update.few_shot.metric.relation import Relation
from learned_update.few_shot.metric.siamese import Siamese
from learned_update.few_shot.ordinary.fine_tuning import FineTuning
from learned_update.few_shot.ordinary.from_scratch import FromScratch
from learned_update.few_shot.ordinary.multi_task import MultiTask
from learned_update.few_shot.ordinary.nearest_neighbour import NearestNeighbour
from learned_update.few_shot.unsupervised.rule_learner import (
    RulePrototypical,
    RuleRidge,
)

_CLASSES = (
    Prototypical,
    Matching,
    FullContextMatching,
    Relation,
    Siamese,
    GraphNetwork,
    LstmReader,
    ConditionalProcess,
    Snail,
    Mann,
    MetaNetworks,
    HyperNetwork,
    Maml,
    FirstOrderMaml,
    Reptile,
    Anil,
    ImplicitMaml,
    MetaSgd,
    MultiTask,
    FineTuning,
    NearestNeighbour,
    FromScratch,
    RuleRidge,
    RulePrototypical,
)
METHODS = {kind.method: kind for kind in _CLASSES}
OF_RULES = (RuleRidge.method, RulePrototypical.method)  # those that need a rule


def few_shot_method(method):
    """The class of a method.

    Raises:
        ValueError: if there is no such method.
    """
    if method not in METHODS:
        raise invalid(
            f"There is no few-shot learner {method!r}.",
            expected=f"one of {', '.join(METHODS)}",
            received=repr(method),
            remedy="Name one of these.",
        )
    return METHODS[method]


@gin.configurable(module="learned_update")
def few_shot_learner(method=gin.REQUIRED, **settings):
    """A learner that is to be fitted.

    Args:
        method: one of `METHODS`.
        **settings: arguments of its class.

    Returns:
        A `Learner`.

    Raises:
        ValueError: if there is no such method, or it has no such setting.
    """
    kind = few_shot_method(method)
    known = _settings(kind)
    foreign = sorted(set(settings) - known)
    if foreign:
        raise invalid(
            f"The {method} learner has no setting {foreign[0]!r}.",
            expected=f"some of {', '.join(sorted(known))}",
            received=f"{foreign[0]}={settings[foreign[0]]!r}",
            remedy="Leave it out.",
        )
    return kind(**settings)


def _settings(kind):
    """Names of the arguments of a class and of those that it hands them on to."""
    names = set()
    for ancestor in kind.__mro__:
        if ancestor.__module__.startswith("learned_update."):
            names |= set(inspect.signature(ancestor.__init__).parameters)
    return names - {"self", "settings", "kwargs", "form"}
