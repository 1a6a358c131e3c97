"""`learned-update demo`: a page on which one sees features being learned."""

import ipaddress

from absl import logging

from learned_update.cli.arguments import integer
from learned_update.cli.environment import quiet_imports
from learned_update.errors import invalid

SUMMARY = "Serve a page on this machine: drop data, watch features being learned."
EXAMPLE = """\
example:
  learned-update demo
  learned-update demo --port 0 --max_megabytes 500 --steps 1000

Drop images, a zip of a folder whose sub-folders are classes, or a table; choose a rule;
take features and encoder away. Nothing is asked of the internet, and nobody else can
reach the page unless --host says so. It needs: pip install "learned-update[demo]"
"""
LARGEST_PORT = 65535
MOST_STEPS = 10_000


def add_arguments(parser):
    """Adds the options of this verb."""
    parser.add_argument(
        "--host",
        default="127.0.0.1",
        metavar="ADDRESS",
        help="that is listened on; another one than this machine alone lets everybody "
        "who reaches it in (default: %(default)s)",
    )
    for name, default, what in (
        ("port", 7860, "that is listened on; 0 for one that is free"),
        ("max_megabytes", 100, "that may be dropped at once"),
        ("steps", 500, "inner steps that the page proposes"),
    ):
        parser.add_argument(
            f"--{name}",
            type=integer,
            default=default,
            metavar="INTEGER",
            help=f"{what} (default: %(default)s)",
        )


def run(options):
    """Serves until Ctrl-C."""
    _check_range("port", options.port, 0, LARGEST_PORT)
    _check_range("steps", options.steps, 1, MOST_STEPS)
    _check_range("max_megabytes", options.max_megabytes, 1, 10_000)
    with quiet_imports():
        from learned_update.demo.server import check_installed, serve
        from learned_update.demo.uploads.limits import Limits

    check_installed()
    if not _is_loopback(options.host):
        logging.warning(
            "Whoever reaches %s may drop files here and use this machine's processor: "
            "the page asks for no password.",
            options.host,
        )
    serve(options.host, options.port, Limits(options.max_megabytes), options.steps)


def _is_loopback(host):
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _check_range(name, value, least, largest):
    if not least <= value <= largest:
        raise invalid(
            f"--{name} is out of its range.",
            expected=f"{least} to {largest}",
            received=f"--{name} {value}",
            remedy="Give another number.",
        )
