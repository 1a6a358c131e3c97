"""Data sets as reproductions show them."""

from learned_update.data import load


def sized(name, size, examples_per_class=None):
    """A data set at a size, named so that sizes are told apart.

    Args:
        name: that `load` knows.
        size: height and width of the images, in pixels.
        examples_per_class: at most as many are used of each class; None uses all.

    Returns:
        `Dataset`.
    """
    options = {}
    if examples_per_class is not None:
        options["examples_per_class"] = examples_per_class
    dataset = load(name, size=size, **options)
    return dataset._replace(name=f"{dataset.name} {size}x{size}")
