"""Entry point of `learned-update`: finds the verb and calls it."""

import argparse
import importlib
import os
import sys

import shtab

from learned_update.cli import environment
from learned_update.configuration.messages import plain
from learned_update.errors import InvalidInputError
from learned_update.keras_backend import checked_backend
from learned_update.version import __version__

VERBS = (  # each a module of `verbs`, or of `run_verbs`
    "train",
    "diagnose",
    "tune",
    "evaluate",
    "few-shot",
    "reproduce",
    "apply",
    "export",
    "convert",
    "prepare",
    "benchmark",
    "demo",
    "rules",
    "doctor",
)
_OF_RUNS = ("diagnose", "tune")

_FAILED = 1
_USAGE_ERROR = 2
_INTERRUPTED = 130  # 128 + SIGINT, as shells report it


def main(arguments=None):
    """Runs one verb.

    Args:
        arguments: command line without the program's name; None takes `sys.argv`.

    Returns:
        Exit status: 0; 1 if a file cannot be read or written, or memory is short; 2
        for a wrong command line, configuration or input; 130 after Ctrl-C, 143 after
        SIGTERM.
    """
    options = _parser().parse_args(arguments)
    environment.prepare()
    try:
        checked_backend()
        _verb(options.verb).run(options)
    except InvalidInputError as error:
        return _refuse(options, error, _USAGE_ERROR)
    except BrokenPipeError:  # nobody reads on, as in `learned-update rules | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _FAILED
    except OSError as error:
        return _refuse(options, error, _FAILED)
    except MemoryError as error:
        return _refuse(options, f"Not enough memory. {error}", _FAILED)
    except KeyboardInterrupt as interrupt:
        said = str(interrupt) or "Interrupted; the same command goes on from here."
        print(f"\n{said}", file=sys.stderr)
        return getattr(interrupt, "status", _INTERRUPTED)
    return 0


def _refuse(options, error, status):
    print(f"learned-update {options.verb}: error: {plain(error)}", file=sys.stderr)
    return status


def _verb(name):
    room = "run_verbs" if name in _OF_RUNS else "verbs"
    return importlib.import_module(
        f"learned_update.cli.{room}.{name.replace('-', '_')}"
    )


def _parser():
    parser = argparse.ArgumentParser(
        prog="learned-update",
        description="Meta-learned unsupervised update rules.",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=__version__)
    shtab.add_argument_to(
        parser, help="print what makes a shell complete the command's words"
    )
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
        verb.add_arguments(verb_parser)
    return parser
