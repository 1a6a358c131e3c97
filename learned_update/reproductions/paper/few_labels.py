"""10 labels per class on full test sets, all methods (paper, figure 4 left)."""

from learned_update.evaluation import full_test_sets
from learned_update.evaluation.test_sets.report import (
    comparison_figure,
    write_episode_sets,
)
from learned_update.evaluation.test_sets.table import (
    ComparisonRow,
    comparison_markdown,
    comparison_rows,
)
from learned_update.reproductions.shared.measured import Measured


def few_labels(rule, name, quick, stem, features=None):
    """Scores a rule and the baselines; its settings are those of `full_test_sets`.

    Args:
        rule: `UpdateRule`.
        name: of the rule.
        quick: whether the smaller form will do.
        stem: path beside which the episodes are written, without its suffix, and
            scores kept as they are found, in `<stem>.parts`.
        features: numbers of features that all methods are scored with; None for those
            of `full_test_sets`.

    Returns:
        `Measured`.
    """
    given = {} if features is None else {"features": features}
    folder = f"{stem}.parts"
    measured = full_test_sets(rule, name, quick, folder=folder, **given)
    rows = comparison_rows(measured.results, measured.reference)
    return Measured(
        columns=ComparisonRow._fields,
        rows=[tuple(row) for row in rows],
        table=comparison_markdown(rows, measured.reference),
        figure=comparison_figure(measured),
        settings=f"{measured.settings}. {write_episode_sets(measured, stem)}",
    )
