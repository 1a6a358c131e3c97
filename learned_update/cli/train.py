"""`learned-update train`: meta-trains an update rule."""

import pathlib

from learned_update.cli import registration

SUMMARY = "Meta-train an update rule and report on it."
EXAMPLE = """\
example:
  learned-update train --gin_file experiments/quickstart.gin \\
      --gin_param 'meta_train.outer_steps = 1000' \\
      --run_dir runs/example --seed 3

A run that was stopped goes on when the same command is given again.
"""
SEED = "meta_train.seed"
FINISHED_FILE = "finished"
TABLE_FILE = "table.md"


def register():
    """Imports everything that a configuration may name."""
    registration.register_all()
    from learned_update.cli import experiment  # noqa: F401


def run(options):
    """Runs the configured experiment, unless the run directory holds it finished."""
    from learned_update.cli.experiment import experiment

    run_dir = pathlib.Path(options.run_dir)
    finished = run_dir / FINISHED_FILE
    if finished.is_file():
        print(
            f"{run_dir} holds this run, finished. To repeat it, name another folder "
            "or remove this one."
        )
    else:
        experiment(run_dir)
        finished.touch()
        written = sorted(path.name for path in run_dir.iterdir())
        print(f"In {run_dir}: {', '.join(written)}")
    table = run_dir / TABLE_FILE
    if table.is_file():
        print(table.read_text(encoding="utf-8"))
