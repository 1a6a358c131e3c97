"""Arms of one configuration, meta-trained alike and scored on equal trials."""

import pathlib
import re
import tempfile
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from learned_update.configuration import CONFIG_FILE
from learned_update.data import load_all
from learned_update.errors import invalid
from learned_update.reproductions.ablations.figure import ablation_figure
from learned_update.reproductions.ablations.scores import Arm, score_arms
from learned_update.reproductions.ablations.table import (
    AblationRow,
    ablation_markdown,
    ablation_rows,
)
from learned_update.reproductions.shared.measured import Measured
from learned_update.reproductions.shared.parts import Parts
from learned_update.reproductions.shared.runs import Run, train_all
from learned_update.reproductions.shared.scoring import RANDOM
from learned_update.training import INITIAL_RULE_FILE
from learned_update.zoo import load_rule

GIN_FILE = "experiments/quickstart.gin"
UNTRAINED = "no meta-training"
BEGUN = "the rule that all began with"
WARMUP_SHARE = 0.2  # of the outer steps, at most


class Budget(NamedTuple):
    """What every arm is meta-trained with.

    Attributes:
        gin_file: configuration.
        outer_steps: of every run.
        warmup_steps: outer steps of the warm-up, at most a fifth of all.
        seeds: of meta-training; every arm has a run with each.
        processes: how many runs at a time.
        initial_rule: name or path of a rule whose theta every run begins with; None
            draws it.
    """

    gin_file: str
    outer_steps: int
    warmup_steps: int
    seeds: tuple[int, ...]
    processes: int
    initial_rule: str | None = None

    def check(self):
        """Raises `ValueError` if there is nothing to do with it."""
        for what, number in (
            ("outer_steps", self.outer_steps),
            ("processes", self.processes),
            ("len(seeds)", len(set(self.seeds))),
        ):
            if number < 1:
                raise invalid(
                    "An ablation needs at least one run.",
                    expected=f"{what} >= 1",
                    received=f"{what}={number}",
                    remedy="Raise it.",
                )

    def bindings(self):
        """Bindings that every run ends by, without report and monitor."""
        most = max(1, int(WARMUP_SHARE * self.outer_steps))
        begun = self.initial_rule
        return (
            *(() if begun is None else (f"meta_train.initial_rule = {begun!r}",)),
            f"meta_train.outer_steps = {self.outer_steps}",
            f"adam.outer_steps = {self.outer_steps}",
            f"adam.warmup_steps = {min(self.warmup_steps, most)}",
            "meta_train.monitor = None",
            "experiment.report = None",
        )

    def described(self, name):
        """The budget in words, with the name of the rule whose run it is of."""
        of_run = pathlib.Path(self.gin_file).is_absolute()
        shown = f"the configuration of {name}" if of_run else self.gin_file
        return f"{self._steps} of {shown} for every arm, {self._seeds}"

    @property
    def title(self):
        """Of a figure."""
        return f"{self._steps} of meta-training, {self._seeds}"

    @property
    def _steps(self):
        began = "" if self.initial_rule is None else f" from {self.initial_rule}"
        return f"{self.outer_steps} outer steps{began}"

    @property
    def _seeds(self):
        return f"{len(self.seeds)} seed{'' if len(self.seeds) == 1 else 's'}"


def configuration_of(run_dir):
    """The configuration of a run, or that of the quickstart if there is no run."""
    path = None if run_dir is None else pathlib.Path(run_dir, CONFIG_FILE)
    return path.resolve() if path is not None and path.is_file() else GIN_FILE


def compared(
    arms: Mapping[str, tuple[str, ...]],
    name,
    folder,
    budget,
    bindings,
    datasets,
    size,
    steps,
    protocol,
    progress=None,
):
    """Every arm and seed meta-trained in a process of its own, then scored.

    Runs that are done and scores that are known are kept in the folder, so that the
    same call goes on where it was stopped. An arm that fails is reported as such.

    Args:
        arms: `{name: bindings}`; the others are compared with the first.
        name: of the rule, whose run has the configuration.
        folder: of runs and scores; None keeps none.
        budget: `Budget`.
        bindings: gin bindings of all arms, before those of each.
        datasets: names of data sets to score on.
        size: height and width of their images, in pixels.
        steps: inner steps.
        protocol: `Protocol`.
        progress: whether to show a bar; None shows it on a terminal.

    Returns:
        `Measured`: a row per data set and arm.

    Raises:
        ValueError: the run of the reference failed.
        KeyboardInterrupt: after Ctrl-C, with everything so far on disk.
    """
    budget.check()
    loaded = load_all(datasets, size=size)
    told = {arm: (*bindings, *budget.bindings(), *own) for arm, own in arms.items()}
    reference, *_ = arms
    with tempfile.TemporaryDirectory() as temporary:
        root = pathlib.Path(folder or temporary)
        paths, failed = _meta_trained(told, reference, root, budget, progress)
        parts = Parts(root / "scores")
        trained, random = score_arms(
            paths, failed, loaded, steps, protocol, progress, parts
        )
    whole = trained[reference]
    trained[RANDOM] = Arm(
        seeds=whole.seeds,
        accuracies={x: np.stack([y] * len(whole.seeds)) for x, y in random.items()},
    )
    rows = ablation_rows(trained, reference)
    return Measured(
        columns=AblationRow._fields,
        rows=[tuple(row) for row in rows],
        table=ablation_markdown(rows, reference),
        figure=ablation_figure(rows, reference, budget.title),
        settings=f"{budget.described(name)} (theta of the rule given is not used); "
        f"scored after {steps} inner steps; {protocol}; images of {size} pixels",
    )


def _meta_trained(arms, reference, root, budget, progress):
    """`{arm: {seed: path of its rule}}`, also of initial rules, and what failed."""
    runs = {
        arm: {
            seed: Run(
                folder=root / _slug(arm) / f"seed_{seed}",
                gin_file=budget.gin_file,
                bindings=bindings,
                seed=seed,
                needed=arm == reference,
            )
            for seed in budget.seeds
        }
        for arm, bindings in arms.items()
    }
    flat = [run for members in runs.values() for run in members.values()]
    reasons = train_all(flat, budget.processes, progress)
    failed = {run.folder: reason for run, reason in reasons.items()}
    paths = {
        arm: {seed: run.folder for seed, run in members.items()}
        for arm, members in runs.items()
    }
    began = {seed: path / INITIAL_RULE_FILE for seed, path in paths[reference].items()}
    if budget.initial_rule is None:
        paths[UNTRAINED] = began
    else:
        drawn = _drawn_anew(budget.initial_rule, root / "drawn_anew.keras")
        paths |= {BEGUN: began, UNTRAINED: dict.fromkeys(budget.seeds, drawn)}
    return paths, failed


def _drawn_anew(source, path):
    """Path of a rule as another one, with theta as before any meta-training."""
    rule = load_rule(source)
    type(rule).from_config(rule.get_config()).save(path)
    return path


def _slug(arm):
    return re.sub(r"[^a-z0-9]+", "_", arm.lower()).strip("_")
