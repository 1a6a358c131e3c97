"""A run that starts from the theta of another rule."""

import itertools
import re

from learned_update.errors import invalid
from learned_update.zoo import load_rule

_NUMBERS = re.compile(r"_[0-9]+(?=/)")  # of layers, which Keras counts


def start_from(rule, source):
    """Gives a rule the theta of another one.

    Args:
        rule: `UpdateRule`, whose variables are set.
        source: name in the zoo, `.keras` file or run directory of the other.

    Raises:
        ValueError: its variables are others than those of the rule.
        FileNotFoundError: there is no such rule.
    """
    other = load_rule(source)
    for own, given in itertools.zip_longest(_variables(rule), _variables(other)):
        if own != given:
            raise invalid(
                f"Meta-training cannot start from {source}: it is a rule of another "
                "architecture.",
                expected=f"{_words(own)}, as meta_train.rule has here",
                received=_words(given),
                remedy="Bind meta_train.rule to the form and sizes of that rule, or "
                "start from another one.",
            )
    rule.set_weights(other.get_weights())


def _variables(rule):
    """Names, below that of the rule, and shapes."""
    return [
        (_NUMBERS.sub("", variable.path.split("/", 1)[-1]), tuple(variable.shape))
        for variable in rule.weights
    ]


def _words(variable):
    if variable is None:
        return "no further variable"
    name, shape = variable
    return f"the variable {name} of shape {shape}"
