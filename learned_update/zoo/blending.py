"""A rule between others: the weighted mean of their thetas."""

import math
from collections.abc import Mapping

from keras import ops

from learned_update.errors import invalid
from learned_update.layers import Rule, UpdateRule
from learned_update.types import PathLike
from learned_update.zoo.adding import source_card
from learned_update.zoo.card import Card, Compute
from learned_update.zoo.loading import load_rule
from learned_update.zoo.rule_files import check_free, write_rule

TOLERANCE = 1e-6  # of the sum of the shares


def blend_rules(
    shares: Mapping[PathLike, float], path: PathLike, overwrite: bool = False
) -> Card:
    """Writes the rule whose theta is the weighted mean of those of others.

    Between a rule and one that was meta-trained further from it lie rules that keep
    what the first is good at and have most of what the second learned (Wortsman et
    al. 2022, of networks that are fine-tuned).

    Args:
        shares: `{source of load_rule: share}`, positive, 1 together; at least two.
        path: of the `.keras` file; its card says what the first source's says, without
            results.
        overwrite: whether to replace what is there.

    Returns:
        The `Card` written.

    Raises:
        OSError: a source cannot be read, or nothing can be written there.
        ValueError: a source is no rule, or of another architecture than the first; the
            shares do not sum to 1; something is at the path.
    """
    _check_shares(shares)
    check_free(path, overwrite)
    rules = {source: load_rule(source) for source in shares}
    first, *others = rules
    for other in others:
        _check_alike(first, rules[first], other, rules[other])
    rule = rules[first]
    means = [
        sum(
            share * ops.convert_to_numpy(value).astype("float64")
            for share, value in zip(shares.values(), values, strict=True)
        )
        for values in zip(*(each.weights for each in rules.values()), strict=True)
    ]
    rule.set_weights(means)
    cards = [source_card(source) for source in rules]
    words = ", ".join(
        f"{share:g} of {card.name}"
        for share, card in zip(shares.values(), cards, strict=True)
    )
    card = cards[0]._replace(
        description=f"theta between rules: {words}",
        origin=f"blend of {words}",
        compute=Compute(),
        results=(),
    )
    return write_rule(path, rule.save, card, overwrite)


def _check_shares(shares):
    total = math.fsum(shares.values())
    if len(shares) < 2 or abs(total - 1) > TOLERANCE or min(shares.values()) <= 0:
        raise invalid(
            "These shares blend nothing.",
            expected="two sources or more with positive shares that sum to 1",
            received=", ".join(f"{x}={share:g}" for x, share in shares.items()),
            remedy="Give, for example, 0.75 and 0.25.",
        )


def _check_alike(first, rule, other, of_other):
    if _architecture(rule) != _architecture(of_other):
        raise invalid(
            f"{other} is of another architecture than {first}: no theta lies between.",
            expected="rules of one form, with the same terms and sizes",
            received=f"{rule.count_params():,} and {of_other.count_params():,} numbers",
            remedy="Blend a rule with one whose meta-training began with it "
            "(meta_train.initial_rule).",
        )


def _architecture(rule: Rule):
    """What two rules must share for a mean of their thetas to be one."""
    change = rule.update_network.weight_change if isinstance(rule, UpdateRule) else None
    terms = tuple(change.terms) if change else rule.name
    return terms, [(variable.name, tuple(variable.shape)) for variable in rule.weights]
