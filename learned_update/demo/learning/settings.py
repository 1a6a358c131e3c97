"""What a visitor chooses."""

import re
from typing import NamedTuple

from learned_update.demo.uploads.limits import MOST_LAYERS, MOST_STEPS, MOST_UNITS
from learned_update.errors import invalid
from learned_update.zoo import list_rules

UNITS = (128, 128, 32)
SEED = 0
_SEPARATORS = re.compile(r"[\s,;x]+")


class Settings(NamedTuple):
    """Of one course of learning.

    Attributes:
        rule: a name of `list_rules()`.
        units: widths of the base model, bottom to top.
        steps: inner steps.
    """

    rule: str
    units: tuple[int, ...]
    steps: int


def settings(rule, units, steps):
    """`Settings` of what stands in the fields of the page.

    Args:
        rule: name of a rule; never a path, which a visitor has no right to.
        units: widths, as in `"128, 128, 32"`.
        steps: a number.

    Raises:
        ValueError: there is no such rule, or a number is out of its range.
    """
    known = list_rules()
    if rule not in known:
        raise invalid(
            f"There is no rule {rule!r:.80}.",
            expected=f"one of {', '.join(known)}",
            received=f"{rule!r:.80}",
            remedy="Choose one of the list.",
        )
    if not isinstance(steps, int | float) or not 1 <= steps <= MOST_STEPS:
        raise invalid(
            "The number of inner steps is out of its range.",
            expected=f"1 to {MOST_STEPS:,}",
            received=f"{steps!r:.80}",
            remedy="Give another number.",
        )
    return Settings(rule, _widths(units), int(steps))


def _widths(text):
    parts = [part for part in _SEPARATORS.split(f"{text}") if part]
    widths = [int(part) for part in parts if re.fullmatch("[0-9]{1,9}", part)]
    if (
        len(widths) < len(parts)
        or not 1 <= len(widths) <= MOST_LAYERS
        or not all(1 <= width <= MOST_UNITS for width in widths)
    ):
        raise invalid(
            "These are no widths of layers.",
            expected=f"1 to {MOST_LAYERS} numbers from 1 to {MOST_UNITS:,}, bottom to "
            "top, with commas between them",
            received=f"{text!r:.80}",
            remedy=f"Write, for example, {', '.join(map(str, UNITS))}.",
        )
    return tuple(widths)
