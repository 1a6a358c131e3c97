"""Entry point of `learned-update`: finds the verb, reads the configuration, calls."""

import argparse
import importlib
import sys

from learned_update.cli import environment
from learned_update.errors import InvalidInputError
from learned_update.version import __version__

VERBS = ("train",)  # each a module beside this one

_MISSING_SETTING = "Required bindings"  # how gin 0.5 begins to say so
_USAGE_ERROR = 2
_INTERRUPTED = 130  # 128 + SIGINT, as shells report it


def main(arguments=None):
    """Runs one verb.

    Args:
        arguments: command line without the program's name; None takes `sys.argv`.

    Returns:
        Exit status: 0, 2 for a wrong command line or configuration, 130 after Ctrl-C.
    """
    options = _parser().parse_args(arguments)
    verb = _verb(options.verb)
    environment.prepare()
    try:
        _configure(options, verb)
        verb.run(options)
    except InvalidInputError as error:
        return _refuse(options, error)
    except RuntimeError as error:
        if not str(error).startswith(_MISSING_SETTING):
            raise
        return _refuse(options, f"{error} Is a --gin_file missing?")
    except KeyboardInterrupt as interrupt:
        said = str(interrupt) or "Interrupted; the same command goes on from here."
        print(f"\n{said}", file=sys.stderr)
        return _INTERRUPTED
    return 0


def _refuse(options, message):
    print(f"learned-update {options.verb}: error: {message}", file=sys.stderr)
    return _USAGE_ERROR


def _verb(name):
    return importlib.import_module(f"learned_update.cli.{name}")


def _parser():
    parser = argparse.ArgumentParser(
        prog="learned-update",
        description="Meta-learned unsupervised update rules.",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=__version__)
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    for name in VERBS:
        verb = _verb(name)
        verb_parser = verbs.add_parser(
            name,
            help=verb.SUMMARY,
            description=verb.SUMMARY,
            epilog=verb.EXAMPLE,
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,
        )
        _add_common_arguments(verb_parser)
    return parser


def _add_common_arguments(parser):
    parser.add_argument(
        "--gin_file",
        action="append",
        default=[],
        metavar="FILE",
        help="configuration, found in the working directory, then in the package; "
        "may be repeated, later files win",
    )
    parser.add_argument(
        "--gin_param",
        action="append",
        default=[],
        metavar="NAME.PARAMETER=VALUE",
        help="one more setting, after all files; may be repeated",
    )
    parser.add_argument(
        "--run_dir", required=True, metavar="FOLDER", help="where results are kept"
    )
    parser.add_argument(
        "--seed",
        type=_seed,
        metavar="INTEGER",
        help="seed of everything random; without it the configuration's",
    )


def _seed(text):
    """An integer of at least 0, as the generators of the package want it."""
    if not (text.isascii() and text.isdigit()):
        raise argparse.ArgumentTypeError(f"expected an integer >= 0, received {text!r}")
    return int(text)


def _configure(options, verb):
    """Reads the gin files and keeps the resolved configuration in the run directory."""
    with environment.quiet_imports():
        verb.register()
    from learned_update import configuration

    parameters = list(options.gin_param)
    if options.seed is not None:
        parameters.append(f"{verb.SEED} = {options.seed}")
    configuration.load(options.gin_file, parameters)
    configuration.save(options.run_dir)
