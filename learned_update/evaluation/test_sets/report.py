"""A comparison as files: table, figure and the episodes that it was scored on."""

import pathlib

from learned_update import files
from learned_update.evaluation.episodes.files import episode_digest, write_episodes
from learned_update.evaluation.results import figures
from learned_update.evaluation.results.intervals import crossed_interval
from learned_update.evaluation.test_sets.scores import INDUCTIVE, OWN_READOUT
from learned_update.evaluation.test_sets.table import (
    comparison_markdown,
    comparison_rows,
    write_comparison_csv,
)

FIGURE_READOUT = "ridge"  # the first of the others where it was not asked for


def write_comparison(compared, stem, title):
    """Writes `<stem>.csv`, `.md`, `.png` and an episode file per data set.

    Args:
        compared: `Compared`.
        stem: path without a suffix; the episodes go to `<stem>-<data set>.json`.
        title: first words of the caption.

    Returns:
        The table as markdown.
    """
    stem = pathlib.Path(stem)
    written = write_episode_sets(compared, stem)
    caption = f"{title}: {compared.settings}. {written}"
    rows = comparison_rows(compared.results, compared.reference)
    text = comparison_markdown(rows, compared.reference, caption)
    write_comparison_csv(rows, _file(stem, ".csv"))
    figures.save(comparison_figure(compared), _file(stem, ".png"))
    with files.atomic_path(_file(stem, ".md")) as partial:
        partial.write_text(text, encoding="utf-8")
    return text


def write_episode_sets(compared, stem):
    """Writes `<stem>-<data set>.json`, the episodes of every data set.

    Args:
        compared: `Compared`.
        stem: path without a suffix.

    Returns:
        A sentence with the names and SHA-256 of the files.
    """
    digests = []
    for dataset, episodes in compared.episodes.items():
        path = episodes_path(pathlib.Path(stem), dataset)
        write_episodes(episodes, path)
        digests.append(f"`{path.name}`, SHA-256 {episode_digest(path)}")
    return f"Episodes: {'; '.join(digests)}."


def episodes_path(stem, dataset):
    """Where the episodes of a data set are written, beside the table."""
    return _file(stem, f"-{dataset.replace('/', '_')}.json")


def comparison_figure(compared):
    """Accuracy of every method, a panel per data set, with one read-out.

    Inductive features alone; methods with a read-out of their own are shown with that.

    Returns:
        A `Figure`.
    """
    results = compared.results
    entries = next(iter(results.values())).accuracies
    readouts = [entry.readout for entry in entries if entry.readout != OWN_READOUT]
    shown = FIGURE_READOUT if FIGURE_READOUT in readouts else readouts[0]
    return figures.bars_figure(
        {
            dataset: {
                entry.method: scores
                for entry, scores in result.accuracies.items()
                if entry.readout in (shown, OWN_READOUT)
                and entry.statistics == INDUCTIVE
            }
            for dataset, result in results.items()
        },
        crossed_interval,
    )


def _file(stem, ending):
    return stem.with_name(stem.name + ending)
