"""A search as files: every attempt, and what was best of each method."""

import csv
import math
import pathlib

from learned_update import files
from learned_update.evaluation.tuning.search import mean_accuracies

COLUMNS = ("method", "settings", "dataset", "accuracy", "seconds", "problem")


def write_tuning(tuning, folder):
    """Writes `tuning.csv` and `tuning.md`.

    Args:
        tuning: `Tuning`.
        folder: where to; made if needed.

    Returns:
        The table as markdown.
    """
    folder, text = pathlib.Path(folder), tuning_markdown(tuning)
    table = folder / "tuning.csv"
    with files.atomic_path(table) as partial, open(partial, "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(_cells(attempt) for attempt in tuning.attempts)
    with files.atomic_path(folder / "tuning.md") as partial:
        partial.write_text(text, encoding="utf-8")
    return text


def tuning_markdown(tuning):
    """A row per method: its best setting beside its default, the first of its grid.

    Args:
        tuning: `Tuning`.

    Returns:
        Text, accuracies in per cent, means over the data sets.
    """
    datasets = dict.fromkeys(attempt.dataset for attempt in tuning.attempts)
    lines = [
        f"Tuning on {', '.join(datasets)}: {tuning.settings}.",
        "",
        "| method | settings tried | best | default | best's accuracy | search |",
        "| --- | ---: | --- | ---: | ---: | ---: |",
    ]
    for method, best in tuning.best.items():
        attempts = [each for each in tuning.attempts if each.method == method]
        means = mean_accuracies(attempts)
        (accuracy,) = (mean for settings, mean in means if settings == best)
        seconds = sum(attempt.seconds for attempt in attempts)
        lines.append(
            f"| {method} | {len(means)} | {settings_text(best)} | "
            f"{_percent(means[0][1])} | {_percent(accuracy)} | {seconds:.0f} s |"
        )
    return "\n".join([*lines, ""])


def settings_text(settings):
    """Keyword arguments in words, such as `steps=500, batch_size=64`."""
    return ", ".join(f"{key}={value}" for key, value in settings.items())


def _cells(attempt):
    accuracy = "" if attempt.accuracy is None else f"{attempt.accuracy:.6f}"
    return (
        attempt.method,
        settings_text(attempt.settings),
        attempt.dataset,
        accuracy,
        f"{attempt.seconds:.2f}",
        attempt.problem,
    )


def _percent(mean):
    return "none" if math.isnan(mean) else f"{100 * mean:.1f}"
