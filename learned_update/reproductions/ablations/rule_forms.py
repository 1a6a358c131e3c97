"""Forms of the rule on validation tasks, meta-trained with the same budget."""

import pathlib

import gin

from learned_update.reproductions.ablations.comparison import (
    Budget,
    compared,
    configuration_of,
)
from learned_update.reproductions.ablations.forms import (
    PLAIN,
    chosen_forms,
    form_bindings,
)
from learned_update.reproductions.shared.scoring import settled

FOLDER, QUICK_FOLDER = "rule-forms", "rule-forms_quick"
QUICK_FORMS = (PLAIN, "time, also in rates", "momentum")
QUICK_OUTER_STEPS = 4


@gin.configurable(module="learned_update")
def rule_forms(
    rule,
    name,
    quick=False,
    run_dir=None,
    folder=None,
    forms=None,
    outer_steps=300,
    seeds=(0, 1, 2),
    gin_file=None,
    bindings=(),
    warmup_steps=20,
    processes=1,
    initial_rule=None,
    datasets=("glyphs/meta_validation", "synthetic/images/meta_validation"),
    size=8,
    steps=100,
    progress=None,
    **protocol,
):
    """Meta-trains the plain rule and forms that add to it, scored on equal trials.

    Every form and seed is a run of `learned-update train` in a process of its own, in
    `rule-forms/<form>/seed_<seed>` in the folder; runs that are done and scores that
    are known are kept, so that the same call goes on where it was stopped. All forms
    of a seed begin at the same theta, and an option changes nothing there. The
    data sets are of the validation part, so that what wins may be chosen by them. The
    theta of the rule given is not used, only the configuration of its run.

    Args:
        rule: not used.
        name: of the rule, whose run has the configuration.
        quick: three forms, 4 outer steps, one seed, two initialisations, 20 episodes,
            a tenth of the inner steps.
        run_dir: folder of a run with the configuration; None if there is none.
        folder: where runs are kept; None keeps none.
        forms: names of `FORMS`; None takes all. The plain rule is always among them.
        outer_steps: of every run.
        seeds: of meta-training; every form is meta-trained with each.
        gin_file: configuration; None takes that of the run, or the quickstart.
        bindings: gin bindings of all forms, after the configuration.
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
        `Measured`: a row per data set and form.

    Raises:
        ValueError: an argument makes no sense, or the plain rule failed.
        KeyboardInterrupt: after Ctrl-C, with everything so far on disk.
    """
    del rule
    steps, protocol = settled(
        quick, steps, protocol, initialisations=3, episodes=50, units=(64, 64, 32)
    )
    if quick:
        forms, outer_steps, seeds = forms or QUICK_FORMS, QUICK_OUTER_STEPS, seeds[:1]
    budget = Budget(
        str(gin_file or configuration_of(run_dir)),
        outer_steps,
        warmup_steps,
        tuple(seeds),
        processes,
        initial_rule,
    )
    return compared(
        {form: form_bindings(form) for form in chosen_forms(forms)},
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
