"""`learned-update reproduce`: measures a claim of the paper, or what it lacks."""

import pathlib

from learned_update.cli import environment
from learned_update.cli.arguments import add_features_argument, add_force_argument
from learned_update.cli.gin_options import add_gin_arguments, configure
from learned_update.cli.outputs import check_file_output, check_folder
from learned_update.configuration.messages import plain

SUMMARY = "Measure a claim of the paper with a rule: table, figure and configuration."
EXAMPLE = """\
example:
  learned-update reproduce fig4-left --rule glyphs --output results
  learned-update reproduce horizon --rule runs/mine --output results --quick
  learned-update reproduce all --rule runs/mine --output results
  learned-update reproduce fig4-left --features 32 256 1000
  learned-update reproduce list

Each claim writes ID.csv, ID.md, ID.png and ID.gin, the settings that it went by; `all`
also report.md, and goes on where it was stopped. `list` says which there are.
"""
_SUFFIXES = (".csv", ".md", ".png", ".gin")
_RULE_FILE = "rule.keras"


def add_arguments(parser):
    """Adds the options of this verb."""
    parser.add_argument("id", metavar="ID", help="what to measure, all, or list")
    parser.add_argument(
        "--rule",
        default="glyphs",
        metavar="NAME_OR_FILE",
        help="a rule by name, a .keras file or a run directory (default: %(default)s)",
    )
    parser.add_argument(
        "--output",
        default="results",
        metavar="FOLDER",
        help="where results are kept (default: %(default)s)",
    )
    parser.add_argument(
        "--quick", action="store_true", help="a smaller form that takes minutes"
    )
    add_features_argument(parser)
    add_force_argument(parser)
    add_gin_arguments(parser)


def run(options):
    """Measures, writes, and prints the table."""
    folder = pathlib.Path(options.output)
    if options.id not in ("all", "list"):
        for suffix in _SUFFIXES:
            check_file_output(folder / f"{options.id}{suffix}", options.force)
    if options.id == "all":
        check_folder(folder)
    configure(options)
    with environment.quiet_imports():
        from learned_update.reproductions import REPRODUCTIONS, Request
        from learned_update.zoo import load_rule

    if options.id == "list":
        for identifier, reproduction in REPRODUCTIONS.items():
            print(f"{identifier:12} {reproduction.claim}")
        return
    source = pathlib.Path(options.rule)
    request = Request(
        rule=load_rule(options.rule),
        name=source.stem if source.suffix == ".keras" else source.name,
        run_dir=source if (source / _RULE_FILE).is_file() else None,
        folder=folder,
        quick=options.quick,
        features=None if options.features is None else tuple(options.features),
    )
    if options.id == "all":
        _reproduce_all(request, options.force)
    else:
        print(_one(options.id, request))
        print(f"Wrote {folder / options.id}.csv, .md, .png and .gin.")


def _one(identifier, request):
    from learned_update.configuration import save_operative
    from learned_update.reproductions import reproduce

    text = reproduce(identifier, request)
    save_operative(request.folder / f"{identifier}.gin")
    return text


def _reproduce_all(request, force):
    """Every claim in turn; what cannot be measured here is reported as such."""
    from learned_update.errors import InvalidInputError
    from learned_update.files import atomic_path
    from learned_update.reproductions import REPRODUCTIONS

    parts = [f"# Reproductions with the rule {request.name}", ""]
    for identifier, reproduction in REPRODUCTIONS.items():
        table = request.folder / f"{identifier}.md"
        if force or not (request.folder / f"{identifier}.gin").is_file():
            print(f"{identifier}: {reproduction.claim}", flush=True)
            try:
                _one(identifier, request)
            except InvalidInputError as error:
                parts += [f"## {identifier}", "", f"Not measured: {plain(error)}", ""]
                print(f"not measured: {plain(error)}", flush=True)
                continue
        parts += [f"## {identifier}: {reproduction.claim}", ""]
        parts += [table.read_text(encoding="utf-8"), f"![]({identifier}.png)", ""]
    report = request.folder / "report.md"
    with atomic_path(report) as path:
        path.write_text("\n".join(parts), encoding="utf-8")
    print(f"Wrote {report}.")
