"""Names that are near to a misspelt one."""

import difflib


def nearest(name, known, lead):
    """Says which known names are like `name`, or which there are.

    Args:
        name: what was asked for.
        known: names that exist.
        lead: how the list of all names begins, where none is near.
    """
    lower = {item.lower(): item for item in sorted(known)}
    near = difflib.get_close_matches(name.lower(), lower, n=3, cutoff=0.6)
    if near:
        return f"Did you mean {' or '.join(repr(lower[item]) for item in near)}?"
    return f"{lead}: {', '.join(sorted(known)) or 'none'}."
