"""`learned-update tune`: searches hyper-parameters of meta-training."""

import pathlib

from learned_update.cli import environment
from learned_update.cli.arguments import integer, seed
from learned_update.cli.gin_options import add_gin_arguments, configure
from learned_update.cli.outputs import check_folder

SUMMARY = "Search hyper-parameters of meta-training by successive halving."
EXAMPLE = """\
example:
  learned-update tune --gin_file experiments/quickstart.gin --output tuning/rate \\
      --search 'adam.learning_rate = log(1e-3, 1e-2)' \\
      --search 'task_group.batch_size = [32, 64, 128]' \\
      --trials 9 --shortest 20 --longest 180 --size 8

Every trial is a meta-training run in FOLDER/trials. All are scored after the shortest
number of outer steps, the best third goes on for three times as many, and so on to the
longest, for which the configuration has the macro OUTER_STEPS. Scores are accuracies on
validation tasks; data that rules are tested on are refused. A search that was stopped
goes on when the same command is given again, also with more trials.

Writes trials.csv, trials.md and best.gin, which `train --gin_file` takes. Needs Optuna:
pip install "learned-update[tune]". What settings methods are compared with is searched
by tools/tune_baselines.
"""
_RANGES = ("adam.learning_rate = log(1e-3, 1e-2)", "meta_train.clip_norm = log(0.1, 1)")
_INTEGERS = {  # options: default and help
    "trials": (12, "settings that are tried"),
    "shortest": (30, "outer steps of every trial"),
    "longest": (270, "outer steps of the best"),
    "reduction": (3, "one in so many goes on, for so many times the outer steps"),
    "steps": (100, "inner steps that rules are scored after"),
    "initialisations": (2, "of phi, per data set"),
    "episodes": (20, "per initialisation"),
    "batch_size": (64, "examples of an inner step"),
}


def add_arguments(parser):
    """Adds the options of this verb."""
    add_gin_arguments(parser)
    parser.add_argument(
        "--output", required=True, metavar="FOLDER", help="where all is kept"
    )
    parser.add_argument(
        "--search",
        action="append",
        metavar="NAME=RANGE",
        help="a setting and log(LEAST, LARGEST), linear(LEAST, LARGEST), "
        "integer(LEAST, LARGEST) or [VALUE, VALUE, ..]; may be repeated (default: "
        "learning rate and clipping)",
    )
    parser.add_argument(
        "--validation",
        nargs="+",
        default=["glyphs/meta_validation"],
        metavar="NAME",
        help="data sets or groups of them to score on: for validation, or cifar10 for "
        "its test part (default: glyphs/meta_validation)",
    )
    parser.add_argument(
        "--size", type=integer, metavar="PIXELS", help="height and width of images"
    )
    parser.add_argument(
        "--channels", type=int, choices=(1, 3), help="1 for grey, 3 for colour images"
    )
    parser.add_argument(
        "--units",
        nargs="+",
        type=integer,
        default=(64, 64, 32),
        metavar="INTEGER",
        help="widths of the base model that rules are scored with (default: 64 64 32)",
    )
    for name, (default, what) in _INTEGERS.items():
        parser.add_argument(
            f"--{name}",
            type=integer,
            default=default,
            metavar="INTEGER",
            help=f"{what} (default: %(default)s)",
        )
    parser.add_argument(
        "--seed",
        type=seed,
        default=0,
        metavar="INTEGER",
        help="of the search and of every trial (default: %(default)s)",
    )


def run(options):
    """Searches, writes, prints the table."""
    from learned_update.evaluation.tuning.space import read_range

    folder = pathlib.Path(options.output)
    ranges = [read_range(text) for text in options.search or _RANGES]
    check_folder(folder)
    longest = f"OUTER_STEPS = {options.longest}"
    examples = [f"{each.name} = {each.example}" for each in ranges]
    configure(options, [longest, *examples])  # what is misspelt is found now
    with environment.quiet_imports():
        from learned_update.evaluation import Protocol
        from learned_update.evaluation.tuning.meta_training import MetaTraining
        from learned_update.evaluation.tuning.study import (
            Halving,
            check_halving,
            optuna_package,
            search_by_halving,
        )
        from learned_update.evaluation.tuning.trials import write_trials
        from learned_update.evaluation.tuning.validation import (
            validation_datasets,
            validation_score,
        )
        from learned_update.training.directory.lock import run_lock
        from learned_update.training.runs.interruption import interruption

    optuna_package()
    fields = ("trials", "shortest", "longest", "reduction", "seed")
    halving = Halving(*(getattr(options, name) for name in fields))
    check_halving(halving)
    protocol = Protocol(
        units=tuple(options.units),
        initialisations=options.initialisations,
        episodes=options.episodes,
        batch_size=options.batch_size,
    )
    datasets = validation_datasets(options.validation, options.size, options.channels)
    score = validation_score(datasets, options.steps, protocol)
    scored = f"Validation on {', '.join(options.validation)}: {options.steps} inner "
    scored += f"steps, {protocol}"
    caption = f"{halving}. {scored}"
    print(f"Budget: {caption}.", flush=True)
    conditions = [scored, options.size, options.gin_file, options.gin_param]
    folder.mkdir(parents=True, exist_ok=True)
    with run_lock(folder), interruption() as stop:
        trials = search_by_halving(
            MetaTraining(
                folder,
                tuple(options.gin_file),
                (*options.gin_param, longest),
                options.seed,
                score,
                stop,
            ),
            ranges,
            halving,
            folder,
            repr(conditions),
            say=lambda line: print(line, flush=True),
        )
    bindings = (*options.gin_param, longest)
    print(write_trials(trials, folder, options.gin_file, bindings, f"{caption}."))
    print(f"Wrote {folder / 'trials'}.csv and .md, and {folder / 'best.gin'}.")
