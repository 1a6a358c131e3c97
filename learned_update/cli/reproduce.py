"""`learned-update reproduce`: measures a claim of the paper, or what it lacks."""

import pathlib

from learned_update.cli import environment
from learned_update.cli.arguments import add_force_argument, check_output
from learned_update.cli.gin_options import add_gin_arguments, configure

SUMMARY = "Measure a claim of the paper with a rule: table, figure and configuration."
EXAMPLE = """\
example:
  learned-update reproduce fig4-left --rule glyphs --output results
  learned-update reproduce horizon --rule runs/mine --output results --quick

fig4-left   10 labels per class, MNIST and Fashion-MNIST at 14x14 and 28x28
horizon     accuracy over inner steps, far beyond those of meta-training
Each writes ID.csv, ID.md, ID.png and ID.gin, the settings that it went by.
"""


def add_arguments(parser):
    """Adds the options of this verb."""
    parser.add_argument("id", metavar="ID", help="what to measure, see below")
    parser.add_argument(
        "--rule",
        default="glyphs",
        metavar="NAME_OR_FILE",
        help="a rule by name, a .keras file or a run directory (default: %(default)s)",
    )
    parser.add_argument(
        "--output", required=True, metavar="FOLDER", help="where results are kept"
    )
    parser.add_argument(
        "--quick", action="store_true", help="a smaller form that takes minutes"
    )
    add_force_argument(parser)
    add_gin_arguments(parser)


def run(options):
    """Measures, writes, and prints the table."""
    folder = pathlib.Path(options.output)
    for suffix in (".csv", ".md", ".png", ".gin"):
        check_output(folder / f"{options.id}{suffix}", options.force)
    configure(options)
    with environment.quiet_imports():
        from learned_update.configuration import save_operative
        from learned_update.evaluation import reproduce
        from learned_update.zoo import load_rule

    name = pathlib.Path(options.rule).stem
    rule = load_rule(options.rule)
    print(reproduce(options.id, rule, name, folder, options.quick))
    save_operative(folder / f"{options.id}.gin")
    print(f"Wrote {folder / options.id}.csv, .md, .png and .gin.")
