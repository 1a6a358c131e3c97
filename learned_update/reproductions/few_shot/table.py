"""The table and the figure of all learners."""

import numpy as np

from learned_update.evaluation.learners.scores import accuracy_estimate
from learned_update.evaluation.results.column import Column
from learned_update.reproductions.few_shot.entries import ENTRIES
from learned_update.reproductions.shared.measured import markdown_table
from learned_update.reproductions.shared.plots import axes_of

NOT_MEASURED = "not measured"
COLUMNS = (
    "situation",
    "method",
    "accuracy",
    "half_width",
    "episodes",
    "training_seconds",
    "adaptation_seconds",
    "parameters",
    "steps",
    "trained_on",
    "statistics",
)


def csv_rows(parts):
    """Rows of `COLUMNS` of `{(situation, entry): Part}`."""
    rows = []
    for (situation, entry), part in parts.items():
        estimate = accuracy_estimate(part.accuracies)
        rows.append(
            (
                situation,
                str(Column(entry)),
                estimate.mean,
                estimate.half_width,
                len(part.accuracies),
                part.training_seconds,
                part.adaptation_seconds,
                part.parameters,
                part.steps,
                part.trained_on,
                part.statistics,
            )
        )
    return rows


def learners_markdown(parts, entries, situations):
    """A table of learners by situations.

    Args:
        parts: `{(situation, entry): Part}`; what is missing was not measured.
        entries: names of the learners, in order.
        situations: titles, in order.
    """
    header = ["learner", *situations]
    header += ["published, whole Omniglot, 5-way 1 / 5 shots"]
    header += ["batch statistics", "meta-trained on", "training (CPU-s)"]
    header += ["an episode (CPU-ms)", "parameters"]
    rows = []
    for entry in entries:
        own = [parts[key] for key in parts if key[1] == entry]
        cells = [_accuracy(parts.get((title, entry))) for title in situations]
        rows.append([entry, *cells, _published(entry), *_costs(own)])
    return markdown_table(header, rows)


def learners_figure(parts, entries, situations):
    """Bars of all learners, a panel per situation; a cross where not measured."""
    figure, axes = axes_of(1, len(situations), (3.4, 0.24 * len(entries) + 0.6))
    places = np.arange(len(entries))[::-1]
    for axis, title in zip(axes, situations, strict=True):
        for place, entry in zip(places, entries, strict=True):
            part = parts.get((title, entry))
            if part is None:
                axis.plot(2, place, "x", color="#999999", ms=4)
                continue
            estimate = accuracy_estimate(part.accuracies)
            axis.barh(
                place,
                100 * estimate.mean,
                0.7,
                xerr=np.nan_to_num(100 * estimate.half_width),
                color="#D55E00" if entry.startswith("rule") else "#0072B2",
                error_kw={"lw": 1, "capsize": 2},
            )
        axis.set_yticks(places, entries if axis is axes[0] else [], fontsize="small")
        axis.set(title=title, xlabel="accuracy (%)", xlim=(0, 100))
    return figure


def _accuracy(part):
    if part is None:
        return NOT_MEASURED
    estimate = accuracy_estimate(part.accuracies)
    return f"{100 * estimate.mean:.1f} ± {100 * estimate.half_width:.1f}"


def _published(entry):
    known = ENTRIES[entry].published
    return "" if known is None else " / ".join(map(str, known))


def _costs(parts):
    if not parts:
        return "", "", "", "", ""
    forms = dict.fromkeys(part.trained_on for part in parts if part.trained_on)
    seconds = dict.fromkeys(f"{part.training_seconds:.0f}" for part in parts)
    return (
        parts[0].statistics,
        ", ".join(forms),
        " / ".join(seconds),
        f"{1000 * np.mean([part.adaptation_seconds for part in parts]):.0f}",
        f"{parts[0].parameters:,}",
    )
