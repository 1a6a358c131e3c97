"""`learned-update evaluate`: what a rule is worth, beside the baselines."""

import argparse
import pathlib

from learned_update.cli import environment
from learned_update.cli.arguments import (
    add_features_argument,
    add_force_argument,
    integer,
    seed,
)
from learned_update.cli.base_options import add_base_argument, base_form
from learned_update.cli.data_options import add_label_argument, check_labels, loaded
from learned_update.cli.gin_options import add_gin_arguments, call_configured, configure
from learned_update.cli.outputs import check_file_output
from learned_update.errors import invalid
from learned_update.zoo.shelves import DEFAULT_RULE

SUMMARY = "Score rules on few labels, beside baselines on the same episodes."
EXAMPLE = """\
example:
  learned-update evaluate --data digits glyphs/meta_test --size 8 --average
  learned-update evaluate --rule glyphs --rule runs/mine --data mnist --size 14 \\
      --steps 500 --output results/mnist
  learned-update evaluate --rule glyphs --data flowers.csv --label species --ways 3
  learned-update evaluate --rule glyphs --data digits --base conv --units 16 16 32

The table goes to the terminal, and with --output to table.csv and table.md in a folder.
"""
_PROTOCOL = {  # options that are fields of the protocol
    "ways": "classes per data set",
    "shots": "labelled examples per class",
    "queries": "test examples per class and episode",
    "episodes": "per initialisation",
    "initialisations": "of phi",
    "batch_size": "examples of an inner step",
}


def add_arguments(parser):
    """Adds the options of this verb."""
    parser.add_argument(
        "--rule",
        action="append",
        metavar="NAME_OR_FILE",
        help="a rule by name, a .keras file or a run directory; may be repeated, "
        f"differences are to the first (default: {DEFAULT_RULE})",
    )
    parser.add_argument(
        "--data",
        nargs="+",
        required=True,
        metavar="NAME",
        help="labelled data sets: names, groups of names such as glyphs/meta_test, "
        "or paths",
    )
    add_label_argument(parser)
    parser.add_argument(
        "--size", type=integer, metavar="PIXELS", help="height and width of images"
    )
    parser.add_argument(
        "--channels", type=int, choices=(1, 3), help="1 for grey, 3 for colour images"
    )
    parser.add_argument(
        "--steps", type=integer, default=200, metavar="INTEGER", help="inner steps"
    )
    parser.add_argument(
        "--units",
        nargs="+",
        type=integer,
        metavar="INTEGER",
        help="widths of the base model, bottom to top",
    )
    add_features_argument(parser)
    add_base_argument(parser)
    for name, what in _PROTOCOL.items():
        parser.add_argument(f"--{name}", type=integer, metavar="INTEGER", help=what)
    parser.add_argument(
        "--average",
        action=argparse.BooleanOptionalAction,
        help="the mean of phi over the inner steps, late ones counting more, as "
        "`apply` has it, instead of phi after the last",
    )
    parser.add_argument(
        "--seed", type=seed, metavar="INTEGER", help="of everything random"
    )
    parser.add_argument(
        "--output", metavar="FOLDER", help="where table.csv and table.md are written"
    )
    add_force_argument(parser)
    add_gin_arguments(parser)


def run(options):
    """Scores the rules, prints the table and writes it if asked to."""
    written = _written(options)
    for path in written:
        check_file_output(path, options.force)
    configure(options)
    with environment.quiet_imports():
        from learned_update.evaluation import Column, Protocol, evaluate
        from learned_update.evaluation.results import table
        from learned_update.zoo import load_rule

    sources = options.rule or [DEFAULT_RULE]
    _check_rule_names(sources)
    rules = {_rule_name(source): load_rule(source) for source in sources}
    datasets = loaded(
        options.data, options.label, size=options.size, channels=options.channels
    )
    check_labels(datasets)
    fields = ("units", "seed", "features", "average", *_PROTOCOL)
    given = {name: getattr(options, name) for name in fields}
    protocol = {name: value for name, value in given.items() if value is not None}
    if "units" in protocol:
        protocol["units"] = tuple(protocol["units"])
    if options.base is not None:
        protocol["base"] = base_form(options.base)
    rows = call_configured(evaluate, rules, datasets, steps=options.steps, **protocol)
    for of_call in ("base", "features"):
        protocol.pop(of_call, None)
    reference = Column(next(iter(rules)), options.steps)
    caption = str(Protocol(**protocol))
    if options.features is not None:
        units = "-".join(map(str, Protocol(**protocol).units))
        said = f"{units} but for the last width, that of the features"
        caption = caption.replace(units, said, 1)
    if written:
        table.write_csv(rows, written[0])
        table.write_markdown(rows, reference, caption, written[1])
    print(table.markdown(rows, reference, caption))
    if written:
        print(f"Wrote {' and '.join(map(str, written))}.")


def _written(options):
    if options.output is None:
        return []
    folder = pathlib.Path(options.output)
    return [folder / "table.csv", folder / "table.md"]


def _check_rule_names(sources):
    names = [_rule_name(source) for source in sources]
    twice = [source for source in sources if names.count(_rule_name(source)) > 1]
    if twice:
        raise invalid(
            f"Two rules would be called {_rule_name(twice[0])!r} in the table.",
            expected="rules of different names",
            received=" and ".join(twice),
            remedy="Give each once; copy or rename the file of one.",
        )


def _rule_name(source):
    """What the table calls a rule: its name in the zoo, or that of its file."""
    path = pathlib.Path(source)
    return path.stem if path.suffix == ".keras" else path.name
