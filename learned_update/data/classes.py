"""Some classes of a data set, chosen by name or index."""

from learned_update.errors import invalid

LEAST_CLASSES = 2  # with fewer there is nothing to tell apart


def listed_classes(classes):
    """A list of names and integers, of one of these or several in any container."""
    if isinstance(classes, str | int):
        classes = [classes]
    return [c if isinstance(c, str) else int(c) for c in classes]


def chosen_classes(name, class_names, classes):
    """Indices of the classes that are asked for.

    Args:
        name: of the data set, for messages.
        class_names: of all classes.
        classes: names or indices of at least two different classes.

    Returns:
        A list of indices, in the order given.

    Raises:
        ValueError: if a class does not exist or is given twice, or there are fewer
            than two.
    """
    classes = listed_classes(classes)
    if len(classes) < LEAST_CLASSES:
        raise invalid(
            f"There are too few classes of data set {name!r} to tell apart.",
            expected=f"at least {LEAST_CLASSES}",
            received=f"classes={classes}",
            remedy="Name more, or leave `classes` out to take all.",
        )
    indices = {class_name: index for index, class_name in enumerate(class_names)}
    chosen = [indices.get(c, -1) if isinstance(c, str) else c for c in classes]
    sound = all(0 <= index < len(class_names) for index in chosen)
    if not sound or len(set(chosen)) < len(chosen):
        raise invalid(
            f"These are not classes of data set {name!r}.",
            expected=f"different indices in 0..{len(class_names) - 1}, or names such "
            f"as {', '.join(map(repr, class_names[:3]))}",
            received=f"classes={classes}",
            remedy="Leave out what occurs twice or does not exist.",
        )
    return chosen
