"""A VAE's own objective and its few-shot accuracy over training (figure 2 left)."""

import gin
import numpy as np

from learned_update.baselines import Vae
from learned_update.evaluation import Protocol, few_shot
from learned_update.evaluation.results.figures import COLOURS
from learned_update.evaluation.results.intervals import interval, paired_interval
from learned_update.layers import BaseMLP
from learned_update.reproductions.shared import plots
from learned_update.reproductions.shared.loading import sized
from learned_update.reproductions.shared.measured import Measured, markdown_table
from learned_update.reproductions.shared.scoring import QUICK, trials

SHOWN_LOSSES = 0.97  # share of them, the smallest


@gin.configurable(module="learned_update")
def objective_mismatch(
    quick=False,
    dataset="cifar10",
    size=16,
    examples_per_class=None,
    steps=10_000,
    marks=40,
    batch_size=128,
    progress=None,
    **protocol,
):
    """Trains a VAE and scores its codes as it trains.

    Args:
        quick: two initialisations, 20 episodes, a fiftieth of the steps.
        dataset: name of a data set of images.
        size: their height and width, in pixels.
        examples_per_class: at most as many are used of each class; None uses all.
        steps: gradient steps.
        marks: how many times it is scored.
        batch_size: examples of a step.
        progress: whether to show a bar; None shows it on a terminal.
        **protocol: fields of `Protocol`.

    Returns:
        `Measured`: after each mark the loss since the last one, in nats, and the
        accuracy.
    """
    if quick:
        steps, marks, protocol = max(4, steps // 50), 4, {**protocol, **QUICK}
    protocol = Protocol(**{"units": (128, 128, 32), "initialisations": 3, **protocol})
    members = trials(sized(dataset, size, examples_per_class), protocol)
    every = max(1, steps // marks)
    course = {}
    losses = []
    for trial in members:
        vae = Vae(
            BaseMLP(protocol.units), trial.seed, steps=steps, batch_size=batch_size
        )

        def score(step, fitted, trial=trial):
            features = [fitted.embed(x) for x in (trial.train, trial.test)]
            accuracy = few_shot.accuracy(*features, trial.episodes)
            course.setdefault(step, []).append(accuracy)

        vae.fit(trial.train, score, every, progress)
        losses.append(vae.history)
    rows = [
        (step, *map(float, interval(np.stack(course[step])))) for step in sorted(course)
    ]
    loss = np.mean(losses, axis=0)
    places = np.linspace(0, steps, len(loss) + 1)[1:]
    best = max(rows, key=lambda row: row[1])
    lost = paired_interval(np.stack(course[best[0]]), np.stack(course[rows[-1][0]]))
    table = [
        (
            "few-shot accuracy (%)",
            _percent(rows[0]),
            _percent(best),
            _percent(rows[-1]),
        ),
        (
            "loss (nats)",
            f"{loss[0]:.1f}",
            _at(loss, places, best[0]),
            f"{loss[-1]:.1f}",
        ),
    ]
    rows = [(step, "accuracy", mean, half) for step, mean, half in rows]
    rows += [
        (int(place), "loss", float(value), None)
        for place, value in zip(places, loss, strict=True)
    ]
    return Measured(
        columns=("step", "quantity", "value", "half_width"),
        rows=rows,
        table=markdown_table(("VAE", "first", f"step {best[0]}, best", "last"), table)
        + f"\nFrom the best to the last: {100 * lost.mean:.1f} ± "
        f"{100 * lost.half_width:.1f} points lost, paired, while the loss falls.\n",
        figure=_figure(rows, f"VAE, {dataset} {size}x{size}"),
        settings=f"{dataset} {size}x{size}; {protocol}; {steps} gradient steps of "
        f"{batch_size}",
    )


def _percent(row):
    return f"{100 * row[1]:.1f}"


def _at(loss, places, step):
    return f"{loss[int(np.argmin(np.abs(places - step)))]:.1f}"


def _figure(rows, title):
    figure, (left, right) = plots.axes_of(1, 2)
    accuracy = np.array([row[:1] + row[2:] for row in rows if row[1] == "accuracy"])
    loss = np.array([row[:1] + row[2:3] for row in rows if row[1] == "loss"])
    left.plot(*loss.T, color=COLOURS[0], lw=1.8)
    low, high = np.quantile(loss[:, 1].astype(float), (0, SHOWN_LOSSES))
    if high > low:  # the first ones dwarf the others
        left.set_ylim(low - 0.05 * (high - low), high)
    left.set(title=title, xlabel="gradient step", ylabel="own objective (nats)")
    steps, mean, half = accuracy.astype(float).T
    right.fill_between(
        steps, 100 * (mean - half), 100 * (mean + half), color=COLOURS[1], alpha=0.2
    )
    right.plot(steps, 100 * mean, color=COLOURS[1], marker="o", ms=3)
    right.set(xlabel="gradient step", ylabel=plots.ACCURACY)
    return figure
