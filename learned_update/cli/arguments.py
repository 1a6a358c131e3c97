"""Arguments that several verbs share."""

import argparse
import pathlib

from learned_update.errors import invalid


def integer(text):
    """An integer of at least 0, as the generators of the package want it."""
    if not (text.isascii() and text.isdigit()):
        raise argparse.ArgumentTypeError(f"expected an integer >= 0, received {text!r}")
    return int(text)


def add_force_argument(parser):
    """Adds `--force`, without which nothing is overwritten."""
    parser.add_argument(
        "--force", action="store_true", help="overwrite what is there already"
    )


def check_output(path, force):
    """Raises `ValueError` if a path to be written exists and `force` is not given."""
    path = pathlib.Path(path)
    if path.exists() and not force:
        raise invalid(
            f"{path} exists already.",
            expected="a path at which there is nothing, or --force",
            received=f"{path}",
            remedy="Name another path, or give --force to overwrite it.",
        )
