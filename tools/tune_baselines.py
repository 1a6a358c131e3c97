#!/usr/bin/env python3
"""Tunes a rule and all baselines: `learned_update.evaluation.tuning.tune`."""

import argparse
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from learned_update.cli import environment
from learned_update.cli.gin_options import add_gin_arguments, configure
from learned_update.configuration.messages import plain
from learned_update.errors import InvalidInputError

_FAILED, _USAGE_ERROR, _INTERRUPTED = 1, 2, 130  # as of `learned-update`
_EPILOG = """\
examples:
  tune_baselines.py --output tuning
  tune_baselines.py --output tuning --methods Hebbian contrastive \\
      --gin_param 'tune.size = 28'

Writes tuning.csv and tuning.md, and after every attempt a line of tuning.jsonl, from
which the same command goes on.
"""


def main(arguments=None):
    """Searches, writes, prints the table; returns the exit status."""
    options = _parser().parse_args(arguments)
    environment.prepare()
    try:
        _run(options)
    except (InvalidInputError, OSError) as error:
        print(f"tune_baselines: error: {plain(error)}", file=sys.stderr)
        return _USAGE_ERROR if isinstance(error, InvalidInputError) else _FAILED
    except KeyboardInterrupt:
        print("\nInterrupted; the same command goes on from here.", file=sys.stderr)
        return _INTERRUPTED
    return 0


def _run(options):
    with environment.quiet_imports():
        from learned_update.evaluation.tuning.report import write_tuning
        from learned_update.evaluation.tuning.search import tune
        from learned_update.zoo import load_rule

    configure(options)
    source, folder = pathlib.Path(options.rule), pathlib.Path(options.output)
    name = source.stem if source.suffix == ".keras" else source.name
    given = {} if options.methods is None else {"methods": options.methods}
    tuning = tune(load_rule(options.rule), name, folder / "tuning.jsonl", **given)
    print(write_tuning(tuning, folder))
    print(f"Wrote {folder / 'tuning'}.csv, .md and .jsonl.")


def _parser():
    parser = argparse.ArgumentParser(
        prog="tune_baselines",
        description=__doc__,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
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
        "--methods",
        nargs="+",
        metavar="NAME",
        help="those to tune (default: all that have anything to tune)",
    )
    add_gin_arguments(parser)
    return parser


if __name__ == "__main__":
    sys.exit(main())
