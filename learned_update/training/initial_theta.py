"""A run that starts from the theta of another rule."""

import re

import numpy as np
from keras import ops

from learned_update.errors import invalid
from learned_update.layers.parts import NEUTRAL
from learned_update.layers.update_rule import UpdateRule
from learned_update.zoo import load_rule

_NUMBERS = re.compile(r"_[0-9]+(?=/)")  # of layers, which Keras counts
_COEFFICIENTS = "coefficients"  # a row for every term


def start_from(rule, source):
    """Gives a rule the theta of another one, which may lack options of its form.

    What an option adds to theta stays where it is and changes nothing yet, so that
    the rule begins as the other one; so do the coefficients of further terms.

    Args:
        rule: `UpdateRule`, whose variables are set.
        source: name in the zoo, `.keras` file or run directory of the other.

    Raises:
        ValueError: its variables are others than those of the rule.
        FileNotFoundError: there is no such rule.
    """
    other = load_rule(source)
    given = list(other.weights)
    theta = []
    for own in rule.weights:
        if given and _fits(given[0], own, _grows(rule, other)):
            theta.append(_grown(given.pop(0), own))
        elif own.name.startswith(NEUTRAL):
            theta.append(ops.convert_to_numpy(own))
        else:
            raise _of_another_architecture(source, own, given[0] if given else None)
    if given:
        raise _of_another_architecture(source, None, given[0])
    rule.set_weights(theta)


def _grows(rule, other):
    """Whether the rule has the other's terms and more of them after those."""
    given = _terms(other)
    return _terms(rule)[: len(given)] == given


def _terms(rule):
    """Names of the weight-change terms; none of a local rule of the literature."""
    return (
        rule.update_network.weight_change.terms if isinstance(rule, UpdateRule) else ()
    )


def _fits(given, own, grows):
    """Whether a variable of the other rule is one of the rule's."""
    if given.name != own.name or given.shape[1:] != own.shape[1:]:
        return False
    if given.name == _COEFFICIENTS and grows:
        return True
    return given.shape[:1] == own.shape[:1]


def _grown(given, own):
    """Its value, followed by the rule's own for what only the rule has."""
    value = ops.convert_to_numpy(given)
    if value.shape == tuple(own.shape):
        return value
    return np.concatenate([value, ops.convert_to_numpy(own)[len(value) :]])


def _of_another_architecture(source, own, given):
    return invalid(
        f"Meta-training cannot start from {source}: it is a rule of another "
        "architecture.",
        expected=f"{_words(own)}, as meta_train.rule has here",
        received=_words(given),
        remedy="Bind meta_train.rule to the form and sizes of that rule, or start from "
        "another one.",
    )


def _words(variable):
    if variable is None:
        return "no further variable"
    name = _NUMBERS.sub("", variable.path.split("/", 1)[-1])  # below that of the rule
    return f"the variable {name} of shape {tuple(variable.shape)}"
