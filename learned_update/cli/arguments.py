"""Arguments that several verbs share."""

import argparse

_LARGEST_COUNT = 2**31 - 1  # of what is counted, such as units, rows and steps
_LARGEST_SEED = 2**32 - 1  # of NumPy's `RandomState`, which scikit-learn draws with


def integer(text):
    """An integer of at least 0, as a count or a size."""
    return _at_most(_LARGEST_COUNT, text)


def seed(text):
    """An integer of at least 0, as the generators of the package want it."""
    if not (text.isascii() and text.isdigit()):
        raise argparse.ArgumentTypeError(f"expected an integer >= 0, received {text!r}")
    return int(text)


def random_state(text):
    """A seed that scikit-learn takes, too."""
    return _at_most(_LARGEST_SEED, text)


def _at_most(largest, text):
    number = seed(text)
    if number > largest:
        raise argparse.ArgumentTypeError(
            f"expected an integer from 0 to {largest}, received {text}"
        )
    return number


def add_features_argument(parser):
    """Adds `--features`, numbers that all methods are scored with."""
    parser.add_argument(
        "--features",
        nargs="+",
        type=integer,
        metavar="INTEGER",
        help="score all methods with so many features, each of these, for example "
        "32 256 1000 (default: as many as the last of the units)",
    )


def add_force_argument(parser):
    """Adds `--force`, without which nothing is overwritten."""
    parser.add_argument(
        "--force", action="store_true", help="overwrite what is there already"
    )
