"""Families of tasks: what a loss per kind of task is taken over."""


def families(datasets):
    """What each data set is counted to: the beginning of its name up to a `/`.

    If that were the same for all, it is the name itself.

    Args:
        datasets: names.

    Returns:
        `{name: family}`.
    """
    found = {name: name.split("/")[0] for name in datasets}
    return found if len({*found.values()}) > 1 else {name: name for name in found}
