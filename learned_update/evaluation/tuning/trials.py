"""The trials of a search as files, the best first; and the best as a configuration."""

import csv
import pathlib

from learned_update.evaluation.tuning.meta_training import name_of
from learned_update.evaluation.tuning.space import bindings_of
from learned_update.evaluation.tuning.study import PROBLEM, SECONDS, SETTINGS, STEPS
from learned_update.files import atomic_path

COLUMNS = ("trial", "accuracy", "outer_steps", "seconds", "run", "settings", "problem")


def write_trials(trials, folder, gin_files, bindings, caption):
    """Writes `trials.csv`, `trials.md` and `best.gin`.

    Args:
        trials: Optuna's, concluded.
        folder: where to.
        gin_files: that `best.gin` includes.
        bindings: that all trials share, after those of the files.
        caption: what stands above the table.

    Returns:
        The table as markdown.
    """
    folder, ranked = pathlib.Path(folder), ranking(trials)
    with (
        atomic_path(folder / "trials.csv") as path,
        path.open("w", newline="", encoding="utf-8") as file,
    ):
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(_cells(trial) for trial in ranked)
    text = trials_markdown(ranked, caption)
    with atomic_path(folder / "trials.md") as path:
        path.write_text(text, encoding="utf-8")
    if ranked and not ranked[0].user_attrs.get(PROBLEM):
        with atomic_path(folder / "best.gin") as path:
            path.write_text(
                _best(ranked[0], gin_files, bindings, caption), encoding="utf-8"
            )
    return text


def ranking(trials):
    """The trials by outer steps and accuracy, the best first; problems at the end.

    What went on longer was the best of what was scored before, and is before all that
    did not.
    """

    def key(trial):
        attributes = trial.user_attrs
        failed = bool(attributes.get(PROBLEM))
        score = 0.0 if failed else trial.value
        return failed, -attributes.get(STEPS, 0), -score, trial.number

    return sorted(trials, key=key)


def trials_markdown(ranked, caption):
    """A row per trial, the best first.

    Args:
        ranked: as of `ranking`.
        caption: what stands above the table.
    """
    names = list(dict.fromkeys(name for each in ranked for name in _settings(each)))
    lines = [
        caption,
        "",
        f"| trial | accuracy | outer steps | seconds | {' | '.join(names)} | run |",
        f"|{' ---: |' * (4 + len(names))} --- |",
    ]
    for trial in ranked:
        number, accuracy, steps, seconds, run, _, problem = _cells(trial)
        shown = f"{100 * float(accuracy):.1f} %" if accuracy else "none"
        values = (_short(_settings(trial).get(name, "")) for name in names)
        run = f"{run}: {problem}" if problem else run
        cells = (number, shown, steps, seconds, *values, run)
        lines.append(f"| {' | '.join(map(str, cells))} |")
    spent = sum(trial.user_attrs.get(STEPS, 0) for trial in ranked)
    seconds = sum(trial.user_attrs.get(SECONDS, 0.0) for trial in ranked)
    lines += ["", f"Spent: {spent:,} outer steps, {seconds:,.0f} s.", ""]
    return "\n".join(lines)


def _best(trial, gin_files, bindings, caption):
    lines = [
        f"# The best of a search, trial {trial.number}: accuracy on validation tasks "
        f"{100 * trial.value:.1f} %.",
        "#",
        f"# Source: learned-update tune, {caption}",
        "# Deviations: those of what is included.",
        "",
        *(f"include '{file}'" for file in gin_files),
        "",
        *bindings,
        *bindings_of(_settings(trial)),
        "",
    ]
    return "\n".join(lines)


def _settings(trial):
    return trial.user_attrs.get(SETTINGS, {})


def _cells(trial):
    attributes, settings = trial.user_attrs, _settings(trial)
    problem = attributes.get(PROBLEM, "")
    accuracy = "" if problem else f"{trial.value:.6f}"
    return (
        trial.number,
        accuracy,
        attributes.get(STEPS, 0),
        f"{attributes.get(SECONDS, 0.0):.0f}",
        name_of(settings),
        "; ".join(bindings_of(settings)),
        problem,
    )


def _short(value):
    """Four digits of a float; anything else as it is."""
    try:
        return f"{float(value):.4g}"
    except ValueError:
        return value
