"""Panels of what the probes of a diagnosis found."""

import numpy as np

from learned_update.diagnosis.probes.course import growth
from learned_update.evaluation.results.figures import COLOURS, DASHES
from learned_update.training.outer_steps.families import families

_NAMED_TERMS = 7  # with a colour of their own; the others are shown together


def draw_norms_by_length(axis, findings):
    """Norm of the gradient of an unroll against the length of its truncations."""
    found = findings.gradients
    axis.plot(found.lengths, found.norms, ".", color="0.6", ms=4)
    axis.plot([], [], ".", color="0.6", label="a task")
    axis.plot(
        found.lengths,
        np.median(found.norms, axis=1),
        color=COLOURS[0],
        marker="o",
        ms=4,
        label="median",
    )
    axis.set_yscale("log")
    _lengths(axis, found)
    axis.set(title="gradient of an unroll", ylabel="norm")
    axis.legend(frameon=False, fontsize="small", loc="upper left")


def draw_bias(axis, findings):
    """Cosines of gradients with others, and what persistent ES has of the full one."""
    found = findings.gradients
    axis.axhline(0, color="0.8", lw=1)
    axis.plot(
        found.lengths,
        found.with_full,
        color=COLOURS[0],
        marker="o",
        ms=4,
        label="cosine with the whole unroll's",
    )
    axis.plot(
        found.lengths,
        found.with_double,
        color=COLOURS[1],
        marker="s",
        ms=4,
        linestyle=DASHES[1],
        label="cosine with twice the length's",
    )
    if found.persistent is not None:
        axis.errorbar(
            found.trained,
            found.persistent.share,
            yerr=2 * found.persistent.error,
            color=COLOURS[4],
            marker="^",
            capsize=3,
            linestyle="none",
            label="persistent ES along the whole unroll's, ± 2 s.e.",
        )
    _lengths(axis, found)
    low, high = axis.get_ylim()
    axis.set_ylim(low - 0.45 * (high - low), max(high, 1.05))  # room for the legend
    axis.set(title="truncation bias", ylabel="1: no bias")
    axis.legend(frameon=False, fontsize="x-small", loc="lower right")


def draw_sensitivity(axis, findings):
    """How differences of theta grow in phi over inner steps."""
    steps = np.arange(1, len(findings.sensitivity) + 1)
    sizes = findings.settings.sizes
    for index, size in enumerate(sizes):
        by_task = findings.sensitivity[:, index]
        style = {"color": COLOURS[index], "linestyle": ("-", *DASHES)[index % 5]}
        axis.plot(
            steps, np.median(by_task, axis=1), lw=1.8, label=f"by {size:g}", **style
        )
        if index == 0:
            axis.fill_between(
                steps,
                by_task.min(1),
                by_task.max(1),
                color=COLOURS[0],
                alpha=0.15,
                lw=0,
            )
    axis.axhline(1, color="0.8", lw=1)
    axis.set_yscale("log")
    factor = np.median(mean_growth(findings))
    axis.set(
        title=f"sensitivity to theta: x {factor:.2f} per step",
        xlabel="inner step",
        ylabel="relative change of phi over theta's",
    )
    axis.legend(
        title="theta moved (of its norm)",
        frameon=False,
        fontsize="small",
        title_fontsize="small",
        loc="lower right",
    )


def mean_growth(findings):
    """Factor per inner step of the smallest difference, between 1/10 and 1/2 of all."""
    steps = len(findings.sensitivity)
    return growth(findings.sensitivity[:, 0], steps // 10, steps // 2)


def draw_norms(axis, findings):
    """Norms of phi and of what an inner step changes."""
    steps = np.arange(1, len(findings.norms) + 1)
    for values, colour, dashes, label in (
        (findings.norms, COLOURS[0], "-", "phi"),
        (findings.changes, COLOURS[1], DASHES[1], "change in an inner step"),
    ):
        axis.plot(
            steps,
            np.median(values, axis=1),
            color=colour,
            linestyle=dashes,
            label=label,
        )
        axis.fill_between(
            steps, values.min(1), values.max(1), color=colour, alpha=0.15, lw=0
        )
    axis.set_yscale("log")
    axis.set(title="phi", xlabel="inner step", ylabel="norm, median and range of tasks")
    axis.legend(frameon=False, fontsize="small")


def draw_shares(axis, findings):
    """Shares of the terms of the weight change, a bar per layer and state."""
    shares = findings.shares
    if shares is None:
        axis.set_axis_off()
        return
    order = np.argsort(-shares.norms.mean((0, 1)))
    named, rest = order[:_NAMED_TERMS], order[_NAMED_TERMS:]
    marks, layers, _ = shares.norms.shape
    bars = [(mark, layer) for mark in range(marks) for layer in range(layers)]
    places = np.array([-(mark * (layers + 0.8) + layer) for mark, layer in bars])
    left = np.zeros(len(bars))
    parts = [
        (shares.terms[i], [shares.norms[bar][i] for bar in bars], shares.learned[i])
        for i in named
    ]
    if len(rest):
        values = [shares.norms[bar][rest].sum() for bar in bars]
        parts.append((f"{len(rest)} others", values, False))
    for index, (name, values, learned) in enumerate(parts):
        axis.barh(
            places,
            100 * np.array(values),
            left=left,
            height=0.85,
            color=COLOURS[index] if index < len(COLOURS) else "0.75",
            hatch="////" if learned else None,
            edgecolor="white",
            lw=0.4,
            label=name,
        )
        left = left + 100 * np.array(values)
    axis.set_yticks(
        places,
        [f"step {findings.marks[mark]}, layer {layer + 1}" for mark, layer in bars],
        fontsize="x-small",
    )
    axis.set_xlim(0, 100)
    learned = 100 * shares.norms[..., shares.learned].sum(-1).mean()
    axis.set(
        title=f"weight-change terms; learned (hatched): {learned:.0f} %",
        xlabel="share of the norms (%)",
    )
    axis.legend(
        frameon=False,
        fontsize="x-small",
        ncols=4,
        loc="upper center",
        bbox_to_anchor=(0.35, -0.2),
        columnspacing=1.0,
        handlelength=1.5,
    )


def draw_families(axis, findings):
    """Meta-loss of the data sets of the tasks, a mark per task."""
    groups = families(findings.datasets)
    losses = findings.losses.mean(0)
    names = list(dict.fromkeys(groups.values()))
    of_name = {
        name: [i for i, x in enumerate(findings.datasets) if groups[x] == name]
        for name in names
    }
    names.sort(key=lambda name: losses[of_name[name]].mean())
    for place, name in enumerate(names):
        if findings.initial_losses is not None:
            before = findings.initial_losses.mean(0)[of_name[name]]
            axis.plot(before, np.full(len(before), place), "|", color="0.55", ms=6)
        after = losses[of_name[name]]
        axis.plot(after, np.full(len(after), place), "o", color=COLOURS[0], ms=3)
    axis.plot([], [], "o", color=COLOURS[0], ms=3, label="theta of the checkpoint")
    if findings.initial_losses is not None:
        axis.plot([], [], "|", color="0.55", label="initial theta")
    size = "small" if len(names) < 12 else "xx-small"
    shown = [name.split("/", 1)[-1].replace("_", " ") for name in names]
    axis.set_yticks(range(len(names)), shown, fontsize=size if len(names) < 20 else 5)
    axis.set_ylim(-0.7, len(names) - 0.3)
    axis.set(
        title="meta-loss per task family",
        xlabel=f"mean over {findings.settings.steps} inner steps",
    )
    axis.legend(frameon=False, fontsize="x-small", loc="lower right")


def _lengths(axis, found):
    """A logarithmic axis of truncation lengths, the trained one marked."""
    axis.set_xscale("log", base=2)
    axis.axvline(found.trained, color="0.8", lw=6, zorder=0)
    axis.set_xticks(found.lengths, [str(length) for length in found.lengths])
    axis.tick_params(axis="x", labelsize="small")
    axis.minorticks_off()
    axis.set(xlabel="truncation length (grey: trained with)")
