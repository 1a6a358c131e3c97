"""Meta-training with every estimator of the meta-gradient, at equal compute."""

import pathlib
import tempfile

import gin

from learned_update.data import load_all
from learned_update.errors import invalid
from learned_update.reproductions.ablations.scores import score_arms
from learned_update.reproductions.estimators.arms import (
    chosen_arms,
    outer_steps,
    schedule_bindings,
)
from learned_update.reproductions.estimators.figure import estimators_figure
from learned_update.reproductions.estimators.losses import checkpoint_losses
from learned_update.reproductions.estimators.table import (
    EstimatorRow,
    estimator_markdown,
    estimator_rows,
)
from learned_update.reproductions.shared.measured import Measured
from learned_update.reproductions.shared.runs import Run, train_all
from learned_update.reproductions.shared.scoring import settled

FOLDER, QUICK_FOLDER = "estimators", "estimators_quick"
QUICK_ARMS = ("truncated backpropagation", "persistent ES")
QUICK_PASSES = 40
WARMUP_SHARE = 0.1  # of the outer steps


@gin.configurable(module="learned_update")
def estimators(
    name,
    quick=False,
    folder=None,
    names=None,
    passes=4800,
    seeds=(0, 1, 2),
    points=6,
    gin_file="experiments/quickstart.gin",
    bindings=(),
    truncation_lengths=(6, 8, 10),
    longest_unroll=100,
    whole_unroll=20,
    processes=1,
    tasks=8,
    datasets=("digits", "glyphs/meta_test"),
    size=8,
    steps=100,
    progress=None,
    **protocol,
):
    """Meta-trains with each estimator and as many inner steps, and compares them.

    Every estimator and seed is a run of `learned-update train` in a process of its
    own, in `estimators/<estimator>/seed_<seed>` in the folder; runs that are done are
    kept. All runs do as many forward passes of inner steps, a gradient counted as
    four, so that they do different numbers of outer steps. Theta is scored at several
    checkpoints by the meta-loss over whole unrolls of the same tasks, which no
    truncation bends, and at the end by held-out accuracy.

    Args:
        name: not used.
        quick: two estimators, one seed, a few outer steps, a tenth of the inner steps.
        folder: where runs are kept; None keeps none.
        names: of estimators; None takes all.
        passes: forward passes of an inner step (of all tasks) that each run does.
        seeds: of meta-training.
        points: checkpoints that are scored, besides the initial theta.
        gin_file: configuration.
        bindings: gin bindings of all runs, after the configuration.
        truncation_lengths: inner steps, one drawn per outer step.
        longest_unroll: inner steps.
        whole_unroll: inner steps of the unrolls of full backpropagation.
        processes: how many runs at a time.
        tasks: whose meta-loss is taken.
        datasets: names of data sets to score the last theta on.
        size: height and width of their images, in pixels.
        steps: inner steps of the unrolls that theta is scored by.
        progress: whether to show a bar; None shows it on a terminal.
        **protocol: fields of `Protocol`.

    Returns:
        `Measured`: a row per estimator, seed and checkpoint.

    Raises:
        ValueError: an argument makes no sense, or a run failed.
        KeyboardInterrupt: after Ctrl-C, with everything so far on disk.
    """
    del name
    steps, protocol = settled(
        quick, steps, protocol, initialisations=3, episodes=50, units=(64, 64, 32)
    )
    if quick:
        names, passes, seeds, points = names or QUICK_ARMS, QUICK_PASSES, seeds[:1], 1
    _check(passes, seeds, points)
    arms = chosen_arms(names)
    with tempfile.TemporaryDirectory() as temporary:
        root = pathlib.Path(folder or temporary, QUICK_FOLDER if quick else FOLDER)
        runs = {}
        for seed in seeds:  # so that all are compared before the next seed begins
            for arm_name, arm in arms.items():
                count = outer_steps(arm, passes, truncation_lengths, whole_unroll)
                runs.setdefault(arm_name, {})[seed] = Run(
                    folder=root / arm.binding / f"seed_{seed}",
                    gin_file=gin_file,
                    bindings=(
                        *bindings,
                        *_budget(arm, count, points),
                        *schedule_bindings(
                            arm, truncation_lengths, longest_unroll, whole_unroll
                        ),
                    ),
                    seed=seed,
                    needed=True,
                )
        in_turn = [runs[arm_name][seed] for seed in seeds for arm_name in arms]
        train_all(in_turn, processes, progress)
        paths = {
            arm_name: {seed: run.folder for seed, run in members.items()}
            for arm_name, members in runs.items()
        }
        losses = checkpoint_losses(
            [path for members in paths.values() for path in members.values()],
            tasks,
            steps,
        )
        loaded = load_all(datasets, size=size)
        scored, _ = score_arms(paths, {}, loaded, steps, protocol, progress)
        rows = estimator_rows(arms, paths, losses)
    return Measured(
        columns=EstimatorRow._fields,
        rows=[tuple(row) for row in rows],
        table=estimator_markdown(rows, scored),
        figure=estimators_figure(rows, scored),
        settings=f"{passes:,} forward passes of inner steps of {gin_file} for every "
        f"run, {len(seeds)} seeds; meta-loss over unrolls of {steps} inner steps of "
        f"{tasks} tasks; {protocol}",
    )


def _budget(arm, count, points):
    """Bindings of the estimator and of how long it runs."""
    every = max(1, count // points)
    return (
        f"meta_train.estimator = @{arm.binding}",
        f"meta_train.outer_steps = {count}",
        f"adam.outer_steps = {count}",
        f"adam.warmup_steps = {max(1, round(WARMUP_SHARE * count))}",
        f"meta_train.checkpoint_every = {every}",
        f"meta_train.keep_every = {every}",
        "meta_train.monitor = None",
        "meta_train.tensorboard = False",
        "experiment.report = None",
    )


def _check(passes, seeds, points):
    for what, number in (
        ("passes", passes),
        ("points", points),
        ("len(seeds)", len(set(seeds))),
    ):
        if number < 1:
            raise invalid(
                "There is nothing to compare estimators by.",
                expected=f"{what} >= 1",
                received=f"{what}={number}",
                remedy="Raise it.",
            )
