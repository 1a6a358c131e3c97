"""`learned-update train`: meta-trains an update rule."""

import pathlib

from learned_update.cli.arguments import seed
from learned_update.cli.gin_options import add_gin_arguments, call_configured, configure
from learned_update.cli.outputs import check_folder

SUMMARY = "Meta-train an update rule and report on it."
EXAMPLE = """\
example:
  learned-update train --gin_file experiments/quickstart.gin \\
      --gin_param 'meta_train.outer_steps = 1000' \\
      --run_dir runs/example --seed 3

A run that was stopped goes on when the same command is given again.
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


def run(options):
    """Runs the configured experiment, unless the run directory holds it finished."""
    given = [] if options.seed is None else [f"meta_train.seed = {options.seed}"]
    run_dir = pathlib.Path(options.run_dir)
    check_folder(run_dir)
    configure(options, given, run_dir)
    from learned_update.training.runs.experiment import experiment

    finished = run_dir / FINISHED_FILE
    if finished.is_file():
        print(
            f"{run_dir} holds this run, finished. To repeat it, name another folder "
            "or remove this one."
        )
    else:
        call_configured(experiment, run_dir)
        finished.touch()
        written = sorted(path.name for path in run_dir.iterdir())
        print(f"In {run_dir}: {', '.join(written)}")
    table = run_dir / TABLE_FILE
    if table.is_file():
        print(table.read_text(encoding="utf-8"))
