"""Parts on disk, and the table of what there is."""

import csv
import io

import numpy as np
import pytest

from learned_update.evaluation.learners.scores import accuracy_estimate
from learned_update.few_shot.by_name import METHODS
from learned_update.reproductions.few_shot import cases
from learned_update.reproductions.few_shot.cases import Case, measured
from learned_update.reproductions.few_shot.entries import ENTRIES, Entry
from learned_update.reproductions.few_shot.learners import few_shot_learners
from learned_update.reproductions.few_shot.parts import (
    Part,
    part_path,
    read_part,
    write_part,
)
from learned_update.reproductions.few_shot.situations import SITUATIONS, distributions
from learned_update.reproductions.few_shot.table import (
    csv_rows,
    learners_figure,
    learners_markdown,
)
from learned_update.reproductions.few_shot.trainings import (
    meta_trained,
    of_another_row,
)

ONE, FIVE = list(SITUATIONS)[:2]
PART = Part(
    [0.5, 0.75, 1.0], 12.0, 0.25, 1000, 40, "5-way 1-shot", "inductive", "settings"
)


def test_a_part_is_read_if_its_settings_are_the_same(tmp_path):
    path = part_path(tmp_path, "Reptile, serial", ONE)
    assert path.name == "omniglot-5-way-1-shot-reptile-serial.json"
    assert read_part(path, "settings") is None
    write_part(path, PART)
    assert read_part(path, "settings") == PART
    assert read_part(path, "other settings") is None
    path.write_bytes(path.read_bytes()[:20])
    assert read_part(path, "settings") is None


def test_what_is_missing_is_said_to_be_not_measured():
    parts = {(ONE, "MAML"): PART}
    text = learners_markdown(parts, ["MAML", "SNAIL"], [ONE, FIVE])
    half_width = 100 * accuracy_estimate(PART.accuracies).half_width
    header, _, maml, snail, *_ = (
        [cell.strip() for cell in row]
        for row in csv.reader(io.StringIO(text), delimiter="|")
    )
    assert header[1:4] == ["learner", ONE, FIVE]
    assert maml[2:5] == [f"75.0 ± {half_width:.1f}", "not measured", "98.7 / 99.9"]
    assert maml[5:10] == ["inductive", "5-way 1-shot", "12", "250", "1,000"]
    assert snail[2:4] == ["not measured"] * 2
    ((situation, method, accuracy, *_, steps, trained_on, _),) = csv_rows(parts)
    assert (situation, method, accuracy, steps) == (ONE, "MAML", 0.75, 40)
    assert trained_on == "5-way 1-shot"
    figure = learners_figure(parts, ["MAML", "SNAIL"], [ONE, FIVE])
    assert [axis.get_title() for axis in figure.axes] == [ONE, FIVE]
    assert len(figure.axes[0].patches) == 1
    assert len(figure.axes[1].patches) == 0


def test_a_table_of_what_was_measured_before(tmp_path):
    found = few_shot_learners(
        None,
        "glyphs",
        folder=tmp_path,
        names=("MAML",),
        situations=(ONE,),
        missing="leave",
    )
    assert found.rows == []
    assert "| MAML | not measured | 98.7 / 99.9 |" in found.table


def test_every_method_has_a_row():
    assert {entry.method for entry in ENTRIES.values()} == set(METHODS)
    for entry in ENTRIES.values():
        assert entry.ways is None or not METHODS[entry.method].fixed_ways
        if entry.trained_as is not None:
            assert ENTRIES[entry.trained_as].method == entry.method


def small(ways, folder, least_share=0.0, **settings):
    """A row of an MLP's training in a situation of glyphs, its `Case` and its part."""
    entry = Entry("fine-tuning", {"widths": (4,), **settings}, 2, ways=ways)
    entry = entry._replace(least_share=least_share)
    made_with = {"seed": 0, "embedding": "mlp"}
    data = {"omniglot": "omniglot", "size": 6, "names": None}
    case = Case(SITUATIONS["glyphs 5-way 1-shot"], entry, data, made_with, 4.0, 2, "")
    return measured(case, "one", folder, progress=False)


def test_a_training_is_kept_and_serves_again(tmp_path, monkeypatch):
    first = small(6, tmp_path)
    assert (first.steps, first.trained_on) == (2, "6-way 1-shot")
    assert len(first.accuracies) == 2
    made = []
    monkeypatch.setattr(
        cases,
        "meta_trained",
        lambda *given: made.append(meta_trained(*given)) or made[-1],
    )
    again = small(6, tmp_path)
    assert not made
    assert (again.accuracies, again.training_seconds) == (
        first.accuracies,
        first.training_seconds,
    )
    small(7, tmp_path)
    assert len(made) == 1  # other episodes, another training
    assert small(7, None, least_share=0.5).steps == 4


def test_a_row_with_the_training_of_another():
    entry = Entry("fine-tuning", {"layers": "last", "head_steps": 1})
    other = entry._replace(settings={"layers": "all", "head_steps": 2})
    made_with = {"embedding": "mlp", "widths": (4,)}
    glyphs = SITUATIONS["glyphs 5-way 1-shot"]
    training, _ = distributions(glyphs, "omniglot", 6)
    trained = meta_trained(entry, made_with, training).learner
    trained.weights[0].assign(trained.weights[0] + 1.0)
    found = of_another_row(other, made_with, trained)
    assert (found.layers, found.head_steps) == ("all", 2)
    for one, given in zip(found.weights, trained.weights, strict=True):
        np.testing.assert_array_equal(one, given)


def test_unknown_names():
    with pytest.raises(ValueError, match="There is no learner 'CNAPs'"):
        few_shot_learners(None, "glyphs", names=("CNAPs",))
    with pytest.raises(ValueError, match="There is no situation 'mini'"):
        few_shot_learners(None, "glyphs", names=("MAML",), situations=("mini",))


def test_digits_are_tested_on_by_what_was_trained_on_glyphs():
    situation = SITUATIONS["digits from glyphs 5-way 5-shot"]
    training, testing = distributions(situation, "omniglot", 6, 20, 1)
    assert (training.ways, training.shots, testing.ways, testing.shots) == (20, 1, 5, 5)
    assert testing.pool.names[3] == "digits: 3"
    assert training.pool.names[0].startswith("glyphs/")
