"""`learned-update few-shot`: meta-trains the field's learners, and scores them."""

import pathlib

from learned_update.cli import environment
from learned_update.cli.arguments import add_force_argument, integer, seed
from learned_update.cli.gin_options import add_gin_arguments, call_configured, configure
from learned_update.cli.outputs import check_file_output, check_folder
from learned_update.configuration.near_names import nearest
from learned_update.errors import invalid

SUMMARY = "Meta-train few-shot learners and score them on unseen classes."
EXAMPLE = """\
example:
  learned-update few-shot train --method prototypical --data omniglot --run_dir runs/p
  learned-update few-shot evaluate --learner runs/p --data omniglot --ways 20
  learned-update few-shot evaluate --learner runs/p --data omniglot \\
      --episodes 1000 --output results/p

--method reads few_shot/METHOD.gin, the settings of its paper; --gin_file and
--gin_param change them. A run that was stopped goes on when the same command is given
again. --data is omniglot, omniglot/vinyals, an .npz file with a part of Omniglot,
glyphs, cifar-fs (with --size 32 --channels 3), or any data set or folder of images with
--classes: a file of the names of the meta-test classes, or mini-imagenet.
"""
LEARNER_FILE, CHECKPOINT_FILE = "learner.keras", "checkpoint.npz"
_FORM = {  # options that are arguments of both
    "ways": "classes of an episode",
    "shots": "labelled examples of each class",
    "queries": "examples of each class to classify",
}


def add_arguments(parser):
    """Adds the two parts of this verb and their options."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    train = actions.add_parser("train", help="meta-train a learner", allow_abbrev=False)
    train.add_argument(
        "--method", required=True, metavar="NAME", help="of few_shot/NAME.gin"
    )
    train.add_argument(
        "--run_dir", required=True, metavar="FOLDER", help="where results are kept"
    )
    train.add_argument("--steps", type=integer, metavar="INTEGER", help="outer steps")
    train.add_argument(
        "--seed", type=seed, metavar="INTEGER", help="of everything random"
    )
    train.add_argument(
        "--rule", metavar="NAME_OR_FILE", help="for rule-ridge and rule-prototypical"
    )
    _add_common(train)
    add_gin_arguments(train)
    score = actions.add_parser("evaluate", help="score a learner", allow_abbrev=False)
    score.add_argument(
        "--learner",
        action="append",
        required=True,
        metavar="FOLDER_OR_FILE",
        help="a run directory or a .keras file; may be repeated",
    )
    score.add_argument(
        "--method", metavar="NAME", help="what the learners must be; any without it"
    )
    score.add_argument(
        "--episodes",
        type=integer,
        default=600,
        metavar="INTEGER",
        help="how many are drawn (default: %(default)s)",
    )
    score.add_argument(
        "--episode_seed",
        type=seed,
        default=0,
        metavar="INTEGER",
        help="of the episodes (default: %(default)s)",
    )
    score.add_argument(
        "--episode_file",
        metavar="FILE",
        help="fixed episodes, as an earlier --output wrote them",
    )
    score.add_argument(
        "--output",
        metavar="FOLDER",
        help="where table.csv, table.md and episodes.json are written",
    )
    _add_common(score)
    add_force_argument(score)


def run(options):
    """Meta-trains, or scores."""
    (_train if options.action == "train" else _evaluate)(options)


def _add_common(parser):
    parser.add_argument("--data", required=True, metavar="NAME", help="see below")
    parser.add_argument(
        "--classes",
        metavar="FILE",
        help="names of the meta-test classes, one a line; see below",
    )
    parser.add_argument(
        "--size", type=integer, metavar="PIXELS", help="height and width of images"
    )
    parser.add_argument(
        "--channels", type=int, choices=(1, 3), help="1 for grey, 3 for colour images"
    )
    parser.add_argument(
        "--permuted",
        action="store_true",
        help="the pixels of every episode in an order of its own",
    )
    for name, what in _FORM.items():
        parser.add_argument(f"--{name}", type=integer, metavar="INTEGER", help=what)


def _train(options):
    run_dir = pathlib.Path(options.run_dir)
    check_folder(run_dir)
    with environment.quiet_imports():
        from learned_update import configuration, few_shot
        from learned_update.evaluation.learners.training import few_shot_train
        from learned_update.training.runs.interruption import interruption
        from learned_update.zoo import load_rule

    options.gin_file.insert(0, _gin_file(options.method, configuration.gin_files()))
    given = {
        name: getattr(options, name)
        for name in (*_FORM, "steps", "size", "channels")
        if getattr(options, name) is not None
    }
    bindings = [f"few_shot_train.{name} = {value}" for name, value in given.items()]
    if options.seed is not None:
        bindings.append(f"few_shot_learner.seed = {options.seed}")
    configure(options, bindings, run_dir)
    rule = {} if options.rule is None else {"rule": load_rule(options.rule)}
    learner = call_configured(few_shot.few_shot_learner, **rule)
    with interruption() as stop:
        learner = call_configured(
            few_shot_train,
            learner,
            options.data,
            names=options.classes,
            permuted=options.permuted,
            checkpoint=run_dir / CHECKPOINT_FILE,
            stop=stop,
        )
    learner.save(run_dir / LEARNER_FILE)
    last = learner.history[-100:]
    if last:
        print(f"Loss {sum(last) / len(last):.4f}, mean of the last {len(last)} steps.")
    print(f"Wrote {run_dir / LEARNER_FILE}.")


def _gin_file(method, files):
    """Name of the gin file of a method."""
    names = [
        name.removeprefix("few_shot/").removesuffix(".gin")
        for name in files
        if name.startswith("few_shot/")
    ]
    if method not in names:
        raise invalid(
            f"There is no few-shot method {method!r}.",
            expected=f"one of {', '.join(names)}",
            received=repr(method),
            remedy=nearest(method, names, "Name one of these"),
        )
    return f"few_shot/{method}.gin"


def _evaluate(options):
    folder = None if options.output is None else pathlib.Path(options.output)
    written = ("table.csv", "table.md", "episodes.json")
    for name in written if folder is not None else ():
        check_file_output(folder / name, options.force)
    with environment.quiet_imports():
        from learned_update.evaluation.learners.report import evaluate_learners
        from learned_update.few_shot import load_learner

    learners = {}
    for source in options.learner:
        path = pathlib.Path(source)
        path = path if path.suffix == ".keras" else path / LEARNER_FILE
        learners[source] = load_learner(path, options.method)
    form = {
        name: getattr(options, name)
        for name in (*_FORM, "size", "channels")
        if getattr(options, name) is not None
    }
    report = evaluate_learners(
        learners,
        options.data,
        names=options.classes,
        permuted=options.permuted,
        count=options.episodes,
        seed=options.episode_seed,
        episode_file=options.episode_file,
        **form,
    )
    print(report.markdown)
    if folder is not None:
        report.write(folder)
        print(f"Wrote {', '.join(str(folder / name) for name in written)}.")
