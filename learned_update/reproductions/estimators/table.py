"""Rows and table of the comparison of estimators."""

from typing import NamedTuple

import numpy as np

from learned_update.evaluation.results.table import with_families
from learned_update.reproductions.ablations.scores import estimate
from learned_update.reproductions.ablations.table import shown_datasets
from learned_update.reproductions.shared.measured import markdown_table
from learned_update.run_metrics import read_metrics


class EstimatorRow(NamedTuple):
    """One checkpoint of one run.

    Attributes:
        estimator: its name.
        seed: of meta-training.
        outer_step: outer steps done.
        passes: forward passes of inner steps done, a gradient counted as four.
        cpu_seconds: of all threads until then, but for the first outer step, which
            compiles.
        meta_loss: mean over the probes' inner steps and tasks.
        skipped: outer steps without a finite gradient.
    """

    estimator: str
    seed: int
    outer_step: int
    passes: float
    cpu_seconds: float
    meta_loss: float
    skipped: int


def estimator_rows(arms, paths, losses):
    """A row per estimator, seed and checkpoint.

    Args:
        arms: `{name: EstimatorArm}`.
        paths: `{name: {seed: run directory}}`.
        losses: as of `checkpoint_losses`.

    Returns:
        A list of `EstimatorRow`s.
    """
    rows = []
    for name, runs in paths.items():
        for seed, path in runs.items():
            metrics = read_metrics(path)
            for outer_step, values in sorted(losses[str(path)].items()):
                done = metrics[:outer_step]
                rows.append(
                    EstimatorRow(
                        name,
                        seed,
                        outer_step,
                        float(
                            sum(row["truncation_length"] for row in done)
                            * arms[name].passes
                        ),
                        float(sum(row["cpu_seconds"] for row in done[1:])),
                        float(np.mean(values)),
                        done[-1]["skipped"] if done else 0,
                    )
                )
    return rows


def curves(rows, name):
    """`{seed: rows}` of an estimator, ascending."""
    own = [row for row in rows if row.estimator == name]
    return {
        seed: [row for row in own if row.seed == seed]
        for seed in dict.fromkeys(row.seed for row in own)
    }


def accuracies(scored):
    """`{data set or mean of a family: {name: Estimate}}` of `{name: Arm}`."""
    names = dict.fromkeys(x for arm in scored.values() for x in arm.accuracies)
    by_dataset = with_families(
        {x: {name: arm.accuracies[x] for name, arm in scored.items()} for x in names}
    )
    shown = shown_datasets([_Named(name) for name in by_dataset])
    return {
        dataset: {
            name: estimate(values) for name, values in by_dataset[dataset].items()
        }
        for dataset in shown
    }


class _Named(NamedTuple):
    dataset: str


def estimator_markdown(rows, scored):
    """A row per estimator: what it did, its losses and its accuracies.

    Args:
        rows: `EstimatorRow`s.
        scored: `{name: Arm}`.
    """
    found = accuracies(scored)
    body = []
    for name in scored:
        runs = curves(rows, name).values()
        first, last = ([run[place] for run in runs] for place in (0, -1))
        body.append(
            (
                name,
                f"{last[0].outer_step:,}",
                f"{np.mean([row.cpu_seconds for row in last]):.0f}",
                f"{np.mean([row.meta_loss for row in first]):.4f}",
                " ".join(f"{row.meta_loss:.4f}" for row in last),
                *(_percent(found[dataset][name]) for dataset in found),
            )
        )
    headings = (
        "estimator",
        "outer steps",
        "CPU-s",
        "meta-loss before",
        "after, a number per seed",
        *(f"{dataset} (%)" for dataset in found),
    )
    return markdown_table(headings, body)


def _percent(found):
    mean, half_width = (100 * number for number in found)
    return f"{mean:.1f}" + ("" if np.isnan(half_width) else f" ± {half_width:.1f}")
