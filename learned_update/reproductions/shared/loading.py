"""Data sets as reproductions show them."""

from sklearn import datasets as tables

from learned_update.data import from_arrays, load
from learned_update.evaluation.held_out.trials import few_examples

SEED = 0  # of the examples that are used
TABLES = {
    "wine": tables.load_wine,
    "breast cancer": tables.load_breast_cancer,
    "iris": tables.load_iris,
}


def sized(name, size=None, examples_per_class=None):
    """A data set at a size, named so that sizes are told apart.

    Args:
        name: that `load` knows.
        size: height and width of the images, in pixels; None for texts and tables.
        examples_per_class: at most as many are used of each class; None uses all.

    Returns:
        `Dataset`.
    """
    if size is None:
        dataset, title = load(name), name
    else:
        dataset = load(name, size=size)
        title = f"{dataset.name} {size}x{size}"
    if examples_per_class is not None:
        dataset = few_examples(dataset, examples_per_class, SEED)
    return dataset._replace(name=title)


def standardised_table(name):
    """A `Dataset` of one of `TABLES`, its columns of mean 0 and variance 1."""
    rows, labels = TABLES[name](return_X_y=True)
    rows = (rows - rows.mean(axis=0)) / rows.std(axis=0)
    return from_arrays(rows.astype("float32"), labels, name=name)
