"""Rows, and what is written of them."""

import csv

import numpy as np
import pytest

from learned_update.evaluation.results.column import Column
from learned_update.evaluation.results.intervals import crossed_interval
from learned_update.evaluation.results.table import (
    markdown,
    tabulate,
    with_families,
    write_csv,
    write_markdown,
)

RULE, LONGER, PIXELS = Column("rule", 20), Column("rule", 200), Column("raw pixels")


@pytest.fixture
def scores():
    first = np.array([[0.5, 0.7], [0.7, 0.9]])  # means 0.6 and 0.8
    return {
        "glyphs/lao": {RULE: first, LONGER: first[:1] - 0.1, PIXELS: first - 0.2},
        "digits": {RULE: first + 0.1, LONGER: first[:1], PIXELS: first[::-1]},
        "glyphs/thai": {RULE: first + 0.2, PIXELS: first},
    }


def by_key(rows):
    return {(row.dataset, Column(row.method, row.steps)): row for row in rows}


def test_family_comes_after_its_members_with_the_columns_of_all(scores):
    extended = with_families(scores)
    family = "glyphs (mean of 2)"
    assert list(extended) == ["glyphs/lao", "glyphs/thai", family, "digits"]
    assert list(extended[family]) == [RULE, PIXELS]
    assert extended[family][RULE].shape == (2, 2, 2)


def test_rows_hold_means_and_paired_differences(scores):
    rows = by_key(tabulate(scores, RULE))
    assert rows["glyphs/lao", RULE].accuracy == pytest.approx(0.7)
    assert rows["glyphs/lao", PIXELS].behind == pytest.approx(0.2)
    assert rows["glyphs/lao", PIXELS].behind_half_width == pytest.approx(0, abs=1e-12)
    assert rows["glyphs (mean of 2)", RULE].accuracy == pytest.approx(0.8)
    assert rows["glyphs (mean of 2)", PIXELS].behind == pytest.approx(0.2)
    assert rows["digits", PIXELS].episodes == 2


def test_initialisations_that_share_their_episodes(scores):
    """Then episodes count as a source of variation, in accuracies and differences."""
    digits = {"digits": scores["digits"]}
    crossed = by_key(tabulate(digits, RULE, crossed_interval))["digits", PIXELS]
    accuracies, of_rule = (scores["digits"][x] for x in (PIXELS, RULE))
    expected = crossed_interval(accuracies)
    assert (crossed.accuracy, crossed.half_width) == expected
    gap = crossed_interval(of_rule - accuracies)
    assert (crossed.behind, crossed.behind_half_width) == gap
    nested = by_key(tabulate(digits, RULE))["digits", PIXELS]
    assert crossed.accuracy == pytest.approx(nested.accuracy)
    assert abs(crossed.half_width - nested.half_width) > 0.01


def test_shorter_column_is_compared_with_the_first_initialisations(scores):
    row = by_key(tabulate(scores, RULE))["digits", LONGER]
    assert row.initialisations == 1
    assert row.behind == pytest.approx(0.1)  # 0.7 - 0.6, of the first one alone


def test_csv_has_a_line_per_row_and_leaves_the_unknown_empty(scores, tmp_path):
    rows = tabulate(scores, RULE)
    write_csv(rows, tmp_path / "new" / "table.csv")
    with open(tmp_path / "new" / "table.csv", newline="") as file:
        lines = list(csv.DictReader(file))
    assert len(lines) == len(rows)
    assert lines[0]["accuracy"] == "0.700000"
    pixels = next(line for line in lines if line["method"] == "raw pixels")
    assert pixels["steps"] == ""
    longer = next(line for line in lines if line["steps"] == "200")
    assert longer["half_width"] == ""


def test_markdown_has_a_line_per_method_and_a_column_per_data_set(scores, tmp_path):
    rows = tabulate({"digits": scores["digits"]}, RULE)
    text = markdown(rows, RULE, "Caption.")
    assert text.startswith("Caption.\n\n")
    assert "| method | digits |\n| --- | ---: |\n" in text
    # Means 0.7 and 0.9: t(1) 0.2 / sqrt(2) sqrt(2) / 2 = 1.27
    assert "| rule, 20 steps | 80.0 ± 127.1 |" in text
    assert "| rule, 200 steps | 60.0 |" in text  # one initialisation, no interval
    assert "By how many points **rule, 20 steps** is better" in text
    assert "| rule, 200 steps | +10.0 |" in text
    write_markdown(rows, RULE, "Caption.", tmp_path / "table.md")
    assert (tmp_path / "table.md").read_text(encoding="utf-8") == text
