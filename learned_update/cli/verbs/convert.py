"""`learned-update convert`: the authors' checkpoint to a `.keras` file."""

import argparse

from learned_update.cli import environment
from learned_update.cli.arguments import add_force_argument
from learned_update.cli.outputs import check_file_output

SUMMARY = "Convert the authors' TensorFlow 1 checkpoint to a .keras file and a card."
EXAMPLE = """\
example:
  learned-update convert tf_graph_data.ckpt released.keras

The card is released.json. The checkpoint may lie in a folder, or in the zip as it was
downloaded: name that instead.
"""
INNER_LEARNING_RATE = 1e-4  # of the released form


def add_arguments(parser):
    """Adds the options of this verb."""
    parser.add_argument(
        "source",
        metavar="CHECKPOINT",
        help="prefix of the checkpoint, or a folder or zip that holds it",
    )
    parser.add_argument(
        "path", metavar="FILE", help="the .keras file to write; the card goes beside it"
    )
    parser.add_argument(
        "--inner_learning_rate",
        type=_positive,
        default=INNER_LEARNING_RATE,
        metavar="NUMBER",
        help="of the inner steps, and weight decay as well (default: %(default)s)",
    )
    parser.add_argument(
        "--licence",
        metavar="IDENTIFIER",
        help="of the weights, for the card; without it that is not stated",
    )
    add_force_argument(parser)


def run(options):
    """Converts the checkpoint."""
    check_file_output(options.path, options.force)
    with environment.quiet_imports():
        from learned_update.zoo.card import NOT_STATED, card_path
        from learned_update.zoo.released.conversion import convert_released_rule

    convert_released_rule(
        options.source,
        options.path,
        options.inner_learning_rate,
        options.licence or NOT_STATED,
        options.force,
    )
    print(f"Wrote {options.path} and its card {card_path(options.path)}.")


def _positive(text):
    """A number above 0."""
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0.0 < number < float("inf"):
        raise argparse.ArgumentTypeError(f"expected a number > 0, received {text!r}")
    return number
