"""Each component of the rule off, meta-trained with the same budget."""

import pathlib

import gin

from learned_update.reproductions.ablations.arms import WHOLE, arm_bindings, chosen_arms
from learned_update.reproductions.ablations.comparison import (
    Budget,
    compared,
    configuration_of,
)
from learned_update.reproductions.shared.scoring import settled

FOLDER, QUICK_FOLDER = "ablations", "ablations_quick"
QUICK_ARMS = (WHOLE, "feedback: transpose", "no decorrelation")
QUICK_OUTER_STEPS = 4


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
    initial_rule=None,
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
        initial_rule: name or path of a rule whose theta all begin with, as far as they
            have its parts; None draws theta.
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
    budget = Budget(
        str(gin_file or configuration_of(run_dir)),
        outer_steps,
        warmup_steps,
        tuple(seeds),
        processes,
        initial_rule,
    )
    return compared(
        {arm: arm_bindings(arm) for arm in chosen_arms(arms)},
        name,
        folder and pathlib.Path(folder, QUICK_FOLDER if quick else FOLDER),
        budget,
        bindings,
        datasets,
        size,
        steps,
        protocol,
        progress,
    )
