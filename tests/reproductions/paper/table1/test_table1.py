"""Table 1, small: what cannot is marked, and numbers are those of the same trials."""

import functools

import numpy as np
import pytest

from learned_update import baselines
from learned_update.data import load, load_all
from learned_update.evaluation import Protocol
from learned_update.evaluation.results.intervals import interval, paired_interval
from learned_update.layers import local_rule
from learned_update.reproductions.paper.permuted_pixels import ordered
from learned_update.reproductions.paper.table1 import approach
from learned_update.reproductions.paper.table1.approach_table import ApproachRow
from learned_update.reproductions.paper.table1.table1 import approaches
from learned_update.reproductions.shared.scoring import (
    before_and_after,
    trainer_of,
    trials,
)

TESTED_ON = ("glyphs/hebrew", "glyphs/armenian")
FIELDS = {
    "ways": 4,
    "shots": 3,
    "queries": 3,
    "initialisations": 2,
    "episodes": 2,
    "units": (6, 5),
    "batch_size": 16,
}
STEPS = 3
SITUATIONS = {
    "like meta-training",
    "permuted pixels",
    "other images",
    "other width and depth",
    "text",
}


@pytest.fixture(scope="module")
def rule():
    return local_rule("oja")  # which compiles in no time


@pytest.fixture(scope="module")
def found(rule):
    with pytest.MonkeyPatch.context() as patch:
        shortened = {
            baselines.LearnedOptimizer: {"inner_steps": 1, "tasks_per_step": 1},
            baselines.Supervised: {"steps": 1},
        }
        for kind, settings in shortened.items():
            patch.setattr(approach, kind.__name__, functools.partial(kind, **settings))
        return approaches(
            rule,
            "initial",
            trained_on=("glyphs/greek",),
            tested_on=TESTED_ON,
            other_units=(7, 5),
            text="two_moons",
            size=6,
            steps=STEPS,
            prototypical_steps=2,
            maml_steps=2,
            optimizer_steps=2,
            progress=False,
            **FIELDS,
        )


def rows(found, method):
    """`{situation: ApproachRow}` of a method."""
    made = [ApproachRow(*row) for row in found.rows]
    return {row.situation: row for row in made if row.method == method}


def test_every_method_has_a_row_in_every_situation(found):
    methods = {row[0] for row in found.rows}
    assert methods == {
        "initial",
        "prototypical network",
        "MAML",
        "learned optimizer",
        "supervised, from scratch",
        "random initialisation",
    }
    assert all(set(rows(found, method)) == SITUATIONS for method in methods)
    assert len(found.rows) == len(methods) * len(SITUATIONS)


@pytest.mark.parametrize(
    ("method", "reasons"),
    [
        (
            "MAML",
            {
                "text": "the width of the inputs and the number of classes",
                "other width and depth": "the shape of the base model",
            },
        ),
        (
            "prototypical network",
            {
                "text": "the width of the inputs",
                "other width and depth": "the shape of the base model",
            },
        ),
        ("learned optimizer", {}),
        ("initial", {}),
        ("supervised, from scratch", {}),
    ],
)
def test_what_a_method_cannot_is_marked_and_has_no_number(found, method, reasons):
    for situation, row in rows(found, method).items():
        if situation in reasons:
            assert row.status == f"cannot: bound to {reasons[situation]}"
            assert row[2:6] == (None,) * 4
            assert row.seconds_per_task is None
        else:
            assert row.status == "measured"
            assert 0 <= row.accuracy <= 1
            assert row.seconds_per_task > 0


@pytest.fixture(scope="module")
def trainer(rule):
    return trainer_of(rule, Protocol(**FIELDS))


@pytest.mark.parametrize(
    "situation", ["like meta-training", "permuted pixels", "other images", "text"]
)
def test_numbers_are_those_of_the_same_trials(found, trainer, situation):
    fields = dict(FIELDS)
    datasets = load_all(TESTED_ON, size=6, channels=1)
    if situation == "other images":
        datasets = [load("digits", size=6)]
    if situation == "text":
        datasets, fields["ways"] = [load("two_moons")], 2
    protocol = Protocol(**fields)
    members = [trials(dataset, protocol) for dataset in datasets]
    if situation == "permuted pixels":
        members = [[ordered(t, i) for i, t in enumerate(group)] for group in members]
    before, after = zip(
        *(before_and_after(trainer, group, STEPS, protocol) for group in members),
        strict=True,
    )
    row = rows(found, "random initialisation")[situation]
    np.testing.assert_allclose(row[2:4], interval(np.stack(before)), atol=1e-12)
    behind = paired_interval(np.stack(after), np.stack(before))
    np.testing.assert_allclose(row[4:6], behind, atol=1e-12)


def test_costs_and_labels(found, rule):
    row = rows(found, "initial")["other images"]
    assert (row.behind, row.behind_half_width) == (0, 0)
    assert row.labels_in_inner_loop == "no"
    assert row.meta_parameters == sum(
        np.size(v.numpy()) for v in rule.trainable_variables
    )
    assert row.meta_training_seconds is None
    row = rows(found, "MAML")["text"]
    assert row.labels_in_inner_loop == "yes"
    assert row.meta_parameters == (36 * 6 + 6) + (6 * 5 + 5) + (5 * 4 + 4)
    assert row.meta_training_seconds > 0
    assert rows(found, "random initialisation")["text"].meta_parameters == 0


def test_the_table_names_reasons_below(found):
    lines = found.table.splitlines()
    assert "[1] cannot: bound to the shape of the base model" in lines
    (maml,) = (line for line in lines if line.startswith("| MAML") and "yes" in line)
    cells = [cell.strip() for cell in maml.strip("|").split("|")]
    assert cells[4] == "cannot [1]"
    assert cells[5] == "cannot [3]"
    assert cells[6] == "yes"
    (rule,) = (line for line in lines if line.startswith("| initial") and "no" in line)
    assert "| given |" in rule
    (axis,) = found.figure.axes
    assert len(axis.containers) == 2 * 6  # bars and their intervals
    assert (
        sum(len(line.get_xdata()) for line in axis.lines if line.get_marker() == "x")
        == 4
    )
