"""`learned-update train`: meta-trains an update rule."""

from learned_update.cli import registration

SUMMARY = "Meta-train an update rule and report on it."
EXAMPLE = """\
example:
  learned-update train --gin_file experiments/quickstart.gin \\
      --gin_param 'MetaTrainer.outer_learning_rate = 1e-3' \\
      --run_dir runs/example --seed 3

A run that was stopped goes on when the same command is given again.
"""
SEED = "meta_train.seed"


def register():
    """Imports everything that a configuration may name."""
    registration.register_all()
    from learned_update.cli import experiment  # noqa: F401


def run(options):
    """Runs the configured experiment in the run directory."""
    from learned_update.cli.experiment import experiment

    experiment(options.run_dir)
