"""A run that starts from the theta of another rule."""

import re
from typing import NamedTuple

import numpy as np
from keras import ops

from learned_update.errors import invalid
from learned_update.layers.parts import NEUTRAL
from learned_update.layers.update_rule import UpdateRule
from learned_update.layers.weight_changes.terms import TERMS
from learned_update.zoo import load_rule

_NUMBERS = re.compile(r"_[0-9]+(?=/)")  # of layers, which Keras counts
_COEFFICIENTS = "coefficients"  # a row for every term


def start_from(rule, source):
    """Gives a rule the theta of another one, whose form may have other options.

    What an option adds to theta stays where it is and changes nothing yet, so that
    the rule begins as the other one; so do the coefficients of further terms. A rule
    that lacks terms of the other one begins as that does without them.

    Args:
        rule: `UpdateRule`, whose variables are set.
        source: name in the zoo, `.keras` file or run directory of the other.

    Raises:
        ValueError: its variables are others than those of the rule.
        FileNotFoundError: there is no such rule.
    """
    other = load_rule(source)
    terms = _shared_terms(rule, other)
    lacking = _readouts_that_go(terms)
    given = [x for x in other.weights if not x.name.startswith(lacking)]
    theta = []
    for own in rule.weights:
        if given and terms and _are_coefficients(given[0], own):
            theta.append(_by_term(terms, given.pop(0), own))
        elif given and given[0].name == own.name and given[0].shape == own.shape:
            theta.append(ops.convert_to_numpy(given.pop(0)))
        elif own.name.startswith(NEUTRAL):
            theta.append(ops.convert_to_numpy(own))
        else:
            raise _of_another_architecture(source, own, given[0] if given else None)
    if given:
        raise _of_another_architecture(source, None, given[0])
    rule.set_weights(theta)


class _Terms(NamedTuple):
    """Weight-change terms of the other rule, and those of them that the rule has."""

    given: tuple[str, ...]
    kept: tuple[str, ...]


def _shared_terms(rule, other):
    """`_Terms` if the rule has some of the other's, then others; else None."""
    if not isinstance(rule, UpdateRule) or not isinstance(other, UpdateRule):
        return None  # a local rule of the literature has no terms
    own, given = (tuple(_weight_change(x).terms) for x in (rule, other))
    kept = tuple(term for term in given if term in own)
    return _Terms(given, kept) if own[: len(kept)] == kept else None


def _weight_change(rule):
    return rule.update_network.weight_change


def _readouts_that_go(terms):
    """How names of variables begin that only terms which the rule lacks need."""
    if terms is None:
        return ()
    gone = (TERMS[x].readout for x in terms.given if x not in terms.kept)
    return tuple(f"{readout.name}_" for readout in gone if readout is not None)


def _are_coefficients(given, own):
    return given.name == own.name == _COEFFICIENTS and given.shape[1:] == own.shape[1:]


def _by_term(terms, given, own):
    """Coefficients: the other's of what it has, then the rule's own."""
    rows = [terms.given.index(term) for term in terms.kept]
    further = ops.convert_to_numpy(own)[len(rows) :]
    return np.concatenate([ops.convert_to_numpy(given)[rows], further])


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
