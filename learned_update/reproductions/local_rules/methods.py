"""What is scored: a row of the table each."""

from typing import Any, NamedTuple

from learned_update.layers import LOCAL_RULES, local_rule
from learned_update.reproductions.shared.scoring import RANDOM

PUBLISHED, TRAINED = "published", "meta-learned"
GIVEN_SEES = (
    "pre, post, states of all units (batch and layer moments), error from above"
)
BASELINES = (RANDOM, "raw pixels", "PCA")
DEPTHS = {"one layer": (), "three layers": (128, 128)}  # widths below the features


class Method(NamedTuple):
    """A rule with a base model.

    Attributes:
        rule: `Rule`.
        below: widths of the layers below the top one.
        sees: what a synapse needs to know, in words.
        theta: whether its theta is the published one or meta-learned.
    """

    rule: Any
    below: tuple[int, ...]
    sees: str
    theta: str


def rule_methods(names, trained, given, given_name):
    """`{title: Method}` of the local rules and of the rule given.

    Args:
        names: of local rules.
        trained: `{name: Rule}` after meta-training.
        given: `Rule` to be compared with.
        given_name: its name.
    """
    methods = {}
    for name in names:
        sees = LOCAL_RULES[name].sees
        methods[f"{name}, {PUBLISHED}"] = Method(local_rule(name), (), sees, PUBLISHED)
        if name in trained:
            title = f"{name}, {TRAINED}"
            methods[title] = Method(trained[name], (), sees, TRAINED)
    for depth, below in DEPTHS.items():
        title = f"{given_name}, {depth}"
        methods[title] = Method(given, below, GIVEN_SEES, TRAINED)
    return methods
