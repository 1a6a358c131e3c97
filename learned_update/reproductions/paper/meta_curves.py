"""Meta-training curves of a run, trained on and held out (paper, figure 3)."""

import pathlib

import numpy as np

from learned_update.errors import invalid
from learned_update.evaluation.held_out.log import HELD_OUT_FILE, read_scores
from learned_update.evaluation.results.figures import COLOURS, DASHES, running_mean
from learned_update.reproductions.shared import plots
from learned_update.reproductions.shared.measured import Measured, markdown_table
from learned_update.run_metrics import read_metrics

SMOOTHED_SHARE = 0.05  # of the outer steps


def meta_curves(run_dir):
    """Meta-loss on training tasks and accuracy on held-out data, over outer steps.

    Args:
        run_dir: folder of a run with a monitor.

    Returns:
        `Measured`: a row per outer step and per evaluation.

    Raises:
        ValueError: the folder holds no run, or one without evaluations.
    """
    run_dir = pathlib.Path(run_dir)
    metrics = read_metrics(run_dir)
    held_out = [score._asdict() for score in read_scores(run_dir)]
    if not metrics or not held_out:
        raise invalid(
            f"{run_dir} holds no meta-training run with evaluations.",
            expected=f"metrics.jsonl and {HELD_OUT_FILE}",
            received=f"{len(metrics)} outer steps, {len(held_out)} evaluations",
            remedy="Give --rule the directory of a run with meta_train.monitor.",
        )
    figure, (left, right) = plots.axes_of(1, 2)
    steps = [row["outer_step"] for row in metrics]
    losses = [row["meta_loss"] for row in metrics]
    window = max(1, round(SMOOTHED_SHARE * len(steps)))
    left.plot(steps, losses, color=COLOURS[0], alpha=0.3, lw=0.8)
    left.plot(steps, running_mean(losses, window), color=COLOURS[0], lw=2)
    left.set(xlabel="outer step", ylabel="meta-loss on training tasks")
    rows = [("training tasks", s, x, None) for s, x in zip(steps, losses, strict=True)]
    table = []
    domains = list(dict.fromkeys(row["domain"] for row in held_out))
    for index, domain in enumerate(domains):
        course = [row for row in held_out if row["domain"] == domain]
        places = [row["outer_step"] for row in course]
        values = [row["accuracy"] for row in course]
        mean, half = (
            100 * np.array([(x["accuracy"], x["half_width"]) for x in course]).T
        )
        colour = COLOURS[index % len(COLOURS)]
        right.fill_between(
            places, mean - half, mean + half, color=colour, alpha=0.2, lw=0
        )
        right.plot(
            places,
            mean,
            color=colour,
            linestyle=DASHES[index % len(DASHES)] if index else "-",
            marker="o",
            ms=3,
            label=domain,
        )
        rows += [
            (domain, row["outer_step"], row["accuracy"], row["half_width"])
            for row in course
        ]
        best = max(course, key=lambda row: row["accuracy"])
        figures = (values[0], best["accuracy"], values[-1])
        table.append((domain, *(f"{100 * x:.1f}" for x in figures), best["outer_step"]))
    right.set(xlabel="outer step", ylabel="held-out accuracy (%), 95 % interval")
    figure.legend(loc="outside lower center", ncols=4, frameon=False, fontsize="small")
    return Measured(
        columns=("series", "outer_step", "value", "half_width"),
        rows=rows,
        table=markdown_table(
            ("held out", "first (%)", "best (%)", "last (%)", "best at outer step"),
            table,
        ),
        figure=figure,
        settings=f"{len(metrics)} outer steps",
    )
