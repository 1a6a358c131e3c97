"""Each component of the rule off, meta-trained with the same budget."""

import pathlib
import re
import tempfile

import gin
import numpy as np

from learned_update.configuration import CONFIG_FILE
from learned_update.data import load_all
from learned_update.errors import invalid
from learned_update.reproductions.ablations.arms import WHOLE, arm_bindings, chosen_arms
from learned_update.reproductions.ablations.figure import ablation_figure
from learned_update.reproductions.ablations.scores import Arm, score_arms
from learned_update.reproductions.ablations.table import (
    AblationRow,
    ablation_markdown,
    ablation_rows,
)
from learned_update.reproductions.shared.measured import Measured
from learned_update.reproductions.shared.runs import Run, train_all
from learned_update.reproductions.shared.scoring import RANDOM, settled
from learned_update.training import INITIAL_RULE_FILE

GIN_FILE = "experiments/quickstart.gin"
FOLDER, QUICK_FOLDER = "ablations", "ablations_quick"
QUICK_ARMS = (WHOLE, "feedback: transpose", "no decorrelation")
QUICK_OUTER_STEPS = 4
UNTRAINED = "no meta-training"
WARMUP_SHARE = 0.2  # of the outer steps, at most


@gin.configurable(module="learned_update")
def ablations(
    rule,
    name,
    quick=False,
    run_dir=None,
    folder=None,
    arms=None,
    outer_steps=100,
    seeds=(0,),
    gin_file=None,
    bindings=(),
    warmup_steps=20,
    processes=1,
    datasets=("digits", "glyphs/meta_test"),
    size=8,
    steps=100,
    progress=None,
    **protocol,
):
    """Meta-trains the rule without each of its parts, and scores all on equal trials.

    Every arm and seed is a run of `learned-update train` in a process of its own, in
    `ablations/<arm>/seed_<seed>` in the folder. Runs that are done are kept, so that
    an interrupted ablation goes on where it was stopped. An arm that fails is
    reported as such. The theta of the rule given is not used, only the configuration
    of its run.

    Args:
        rule: not used.
        name: of the rule, whose run has the configuration.
        quick: three arms, 4 outer steps, two initialisations, 20 episodes, a tenth of
            the inner steps.
        run_dir: folder of a run with the configuration; None if there is none.
        folder: where runs are kept; None keeps none.
        arms: names of `ARMS`; None takes all. The whole rule is always among them.
        outer_steps: of every run.
        seeds: of meta-training; every arm is meta-trained with each.
        gin_file: configuration; None takes that of the run, or the quickstart.
        bindings: gin bindings of all arms, after the configuration.
        warmup_steps: outer steps of the warm-up, at most a fifth of all.
        processes: how many runs at a time.
        datasets: names of data sets to score on.
        size: height and width of their images, in pixels.
        steps: inner steps.
        progress: whether to show a bar; None shows it on a terminal.
        **protocol: fields of `Protocol`.

    Returns:
        `Measured`: a row per data set and arm.

    Raises:
        ValueError: an argument makes no sense, or the whole rule failed.
        KeyboardInterrupt: after Ctrl-C, with everything so far on disk.
    """
    del rule
    steps, protocol = settled(
        quick, steps, protocol, initialisations=3, episodes=50, units=(64, 64, 32)
    )
    if quick:
        arms, outer_steps = arms or QUICK_ARMS, QUICK_OUTER_STEPS
    arms = chosen_arms(arms)
    _check(outer_steps, seeds, processes)
    gin_file = str(gin_file or _configuration(run_dir))
    loaded = load_all(datasets, size=size)
    with tempfile.TemporaryDirectory() as temporary:
        root = pathlib.Path(folder or temporary, QUICK_FOLDER if quick else FOLDER)
        runs = {
            arm: {
                seed: Run(
                    folder=root / _slug(arm) / f"seed_{seed}",
                    gin_file=gin_file,
                    bindings=(
                        *bindings,
                        *_budget(outer_steps, warmup_steps),
                        *arm_bindings(arm),
                    ),
                    seed=seed,
                    needed=arm == WHOLE,
                )
                for seed in seeds
            }
            for arm in arms
        }
        flat = [run for members in runs.values() for run in members.values()]
        reasons = train_all(flat, processes, progress)
        failed = {run.folder: reason for run, reason in reasons.items()}
        paths = {
            arm: {seed: run.folder for seed, run in members.items()}
            for arm, members in runs.items()
        }
        paths[UNTRAINED] = {
            seed: path / INITIAL_RULE_FILE for seed, path in paths[WHOLE].items()
        }
        trained, random = score_arms(paths, failed, loaded, steps, protocol, progress)
    whole = trained[WHOLE]
    trained[RANDOM] = Arm(
        seeds=whole.seeds,
        accuracies={x: np.stack([y] * len(whole.seeds)) for x, y in random.items()},
    )
    rows = ablation_rows(trained, WHOLE)
    return Measured(
        columns=AblationRow._fields,
        rows=[tuple(row) for row in rows],
        table=ablation_markdown(rows, WHOLE),
        figure=ablation_figure(
            rows,
            WHOLE,
            f"{outer_steps} outer steps of meta-training, {_counted(seeds)}",
        ),
        settings=f"{outer_steps} outer steps of {_shown(gin_file, name)} for every "
        f"arm, {_counted(seeds)} (theta of the rule given is not used); "
        f"scored after {steps} inner steps; {protocol}; images of {size} pixels",
    )


def _check(outer_steps, seeds, processes):
    for what, number in (
        ("outer_steps", outer_steps),
        ("processes", processes),
        ("len(seeds)", len(set(seeds))),
    ):
        if number < 1:
            raise invalid(
                "An ablation needs at least one run.",
                expected=f"{what} >= 1",
                received=f"{what}={number}",
                remedy="Raise it.",
            )


def _configuration(run_dir):
    path = None if run_dir is None else pathlib.Path(run_dir, CONFIG_FILE)
    return path.resolve() if path is not None and path.is_file() else GIN_FILE


def _budget(outer_steps, warmup_steps):
    """Bindings that every run ends by, without report and monitor."""
    warmup_steps = min(warmup_steps, max(1, int(WARMUP_SHARE * outer_steps)))
    return (
        f"meta_train.outer_steps = {outer_steps}",
        f"adam.outer_steps = {outer_steps}",
        f"adam.warmup_steps = {warmup_steps}",
        "meta_train.monitor = None",
        "experiment.report = None",
    )


def _slug(arm):
    return re.sub(r"[^a-z0-9]+", "_", arm.lower()).strip("_")


def _counted(seeds):
    return f"{len(seeds)} seed{'' if len(seeds) == 1 else 's'}"


def _shown(gin_file, name):
    path = pathlib.Path(gin_file)
    return f"the configuration of {name}" if path.is_absolute() else gin_file
