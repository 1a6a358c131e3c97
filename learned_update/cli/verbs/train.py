"""`learned-update train`: meta-trains an update rule."""

import pathlib

from learned_update.cli import environment
from learned_update.cli.arguments import integer, seed
from learned_update.cli.gin_options import add_gin_arguments, call_configured, configure
from learned_update.cli.outputs import check_folder

SUMMARY = "Meta-train an update rule and report on it."
EXAMPLE = """\
example:
  learned-update train --gin_file experiments/quickstart.gin \\
      --gin_param 'meta_train.outer_steps = 1000' \\
      --run_dir runs/example --seed 3

A run that was stopped goes on when the same command is given again.
Ctrl-C and SIGTERM finish the outer step and save; a second one stops at once.
"""
FINISHED_FILE = "finished"
TABLE_FILE = "table.md"


def add_arguments(parser):
    """Adds the options of this verb."""
    add_gin_arguments(parser)
    parser.add_argument(
        "--run_dir", required=True, metavar="FOLDER", help="where results are kept"
    )
    parser.add_argument(
        "--seed",
        type=seed,
        metavar="INTEGER",
        help="seed of everything random; without it the configuration's",
    )
    parser.add_argument(
        "--deterministic",
        action="store_true",
        help="the same command gives the same bits on the same machine; slower where "
        "many cores or a GPU share one operation",
    )
    parser.add_argument(
        "--begin_anew",
        action="store_true",
        help="begin at the first outer step; what a run has written there before is "
        "kept in a folder before_1, before_2, ..",
    )
    parser.add_argument(
        "--until",
        type=integer,
        metavar="OUTER_STEP",
        help="stop after so many outer steps, with a checkpoint; the same command "
        "without it goes on",
    )
    hosts = parser.add_argument_group(
        "several hosts", "the same command on each, with a number of its own"
    )
    hosts.add_argument(
        "--coordinator",
        metavar="HOST:PORT",
        help="where process 0 waits for the others",
    )
    hosts.add_argument(
        "--processes", type=integer, metavar="COUNT", help="how many there are"
    )
    hosts.add_argument(
        "--process",
        type=integer,
        metavar="NUMBER",
        help="which of them this is, from 0; process 0 writes",
    )


def run(options):
    """Runs the configured experiment, unless the run directory holds it finished."""
    given = [] if options.seed is None else [f"meta_train.seed = {options.seed}"]
    run_dir = pathlib.Path(options.run_dir)
    check_folder(run_dir)
    if options.deterministic:
        environment.make_deterministic()
    configure(options, given)
    from learned_update.files import writing
    from learned_update.training.hosts.card import run_card
    from learned_update.training.hosts.joining import join_hosts
    from learned_update.training.hosts.options import host_options

    processes = host_options(options.coordinator, options.processes, options.process)
    with join_hosts(processes, run_card()) as hosts, writing(run_dir):
        if hosts.first:
            _run_first(run_dir, hosts, options.until, options.begin_anew)
        else:
            _run(run_dir, hosts, options.until)


def _run_first(run_dir, hosts, until, begin_anew):
    """What the process does that writes."""
    from learned_update import configuration
    from learned_update.training.directory import anew
    from learned_update.training.directory.lock import run_lock

    with run_lock(run_dir):
        if begin_anew:
            anew.begin_anew(run_dir)
        configuration.save(run_dir)
        _run(run_dir, hosts, until)


def _run(run_dir, hosts, until):
    from learned_update.training.runs.experiment import experiment

    given = {} if until is None else {"until": until}
    finished = run_dir / FINISHED_FILE
    (done,) = hosts.any(hosts.first and finished.is_file())
    if not hosts.first:
        if not done:
            call_configured(experiment, run_dir, hosts=hosts, **given)
        return
    if done:
        print(
            f"{run_dir} holds this run, finished. To repeat it, name another folder "
            "or remove this one."
        )
    else:
        call_configured(experiment, run_dir, hosts=hosts, **given)
        finished.touch()
        written = sorted(x.name for x in run_dir.iterdir() if x.name[0] != ".")
        print(f"In {run_dir}: {', '.join(written)}")
    table = run_dir / TABLE_FILE
    if table.is_file():
        print(table.read_text(encoding="utf-8"))
