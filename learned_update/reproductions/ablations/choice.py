"""Which of the known variants of a rule are compared."""

from learned_update.errors import invalid


def chosen(known, names, what):
    """Names of variants, the first of those known before all others.

    Args:
        known: names that there are; the others are compared with the first.
        names: some of them; None takes all.
        what: what a variant is called.

    Returns:
        A tuple of names.

    Raises:
        ValueError: a name is not known.
    """
    first, *_ = known
    names = tuple(known) if names is None else tuple(names)
    for name in names:
        if name not in known:
            raise invalid(
                f"There is no {what} {name!r}.",
                expected=f"some of {', '.join(map(repr, known))}",
                received=repr(name),
                remedy="Name some of these, or None for all.",
            )
    return tuple(dict.fromkeys((first, *names)))
