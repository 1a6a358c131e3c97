"""`learned-update diagnose`: a look inside a run."""

import pathlib

from learned_update.cli import environment
from learned_update.cli.arguments import add_force_argument, integer, seed
from learned_update.cli.outputs import check_file_output

SUMMARY = "Look inside a run: gradients, truncation bias, chaos, weight changes."
EXAMPLE = """\
example:
  learned-update diagnose runs/example
  learned-update diagnose runs/example --steps 20 --tasks 4 --samples 0

Writes diagnosis.png, diagnosis.html and diagnosis.json into RUN/diagnosis, and scalars
to the TensorBoard events of the run if it has some. The run itself is only read; it may
be at work meanwhile. More --steps take more time and memory, fewer less.
"""
FOLDER = "diagnosis"  # in the directory of the run
_SIZES = {  # options that are fields of the settings
    "steps": (50, "inner steps of the unrolls"),
    "tasks": (8, "side by side"),
    "samples": (16, "of persistent ES, each over all tasks; 0 leaves it out"),
    "group": (0, "which group of tasks, where a run has several"),
}


def add_arguments(parser):
    """Adds the options of this verb."""
    parser.add_argument("run_dir", metavar="RUN", help="directory of the run")
    for name, (default, what) in _SIZES.items():
        parser.add_argument(
            f"--{name}",
            type=integer,
            default=default,
            metavar="INTEGER",
            help=f"{what} (default: %(default)s)",
        )
    parser.add_argument(
        "--seed", type=seed, default=0, metavar="INTEGER", help="of everything random"
    )
    parser.add_argument(
        "--output", metavar="FOLDER", help=f"for the files (default: RUN/{FOLDER})"
    )
    add_force_argument(parser)


def run(options):
    """Measures, draws and says what was written."""
    with environment.quiet_imports():
        from learned_update.diagnosis import Settings, diagnose, write_report
        from learned_update.diagnosis.report.numbers import summary
        from learned_update.diagnosis.report.write import FIGURE
        from learned_update.diagnosis.run_state import check_run, configured_trainer

    run_dir = check_run(options.run_dir)
    folder = pathlib.Path(options.output or run_dir / FOLDER)
    check_file_output(folder / FIGURE, options.force)
    settings = Settings(
        seed=options.seed, **{name: getattr(options, name) for name in _SIZES}
    )
    findings = diagnose(run_dir, configured_trainer(run_dir), settings)
    written = write_report(findings, folder, run_dir)
    print(summary(findings))
    print(f"Wrote {', '.join(map(str, written))}.")
