"""A visit without a browser: drop, learn, stop, take away."""

import re

import numpy as np
import pytest

from learned_update import data
from learned_update.demo.handlers import learn, read_again, take, take_digits
from learned_update.demo.uploads.limits import Limits
from learned_update.demo.visits import Visits
from learned_update.estimator import LearnedUpdateEncoder
from tests.demo.zips import digits_zip

LIMITS = Limits(megabytes=1)
UNITS = "8, 4"


@pytest.fixture
def visit(tmp_path):
    folder = tmp_path / "visits"
    folder.mkdir()
    return Visits(folder).of("a")


@pytest.fixture
def digits(tmp_path, visit):
    html, columns, label = take(visit, [digits_zip(tmp_path / "d.zip")], LIMITS)
    assert "60 images, 8 &times; 8, grey, 3 classes" in html
    assert (columns, label) == ((), None)
    return visit


def _features(visit):
    with np.load(visit.files["features.npz"]) as arrays:
        return dict(arrays)


def _encoder(steps):
    return LearnedUpdateEncoder(
        "glyphs", units=(8, 4), steps=steps, standardise=False, random_state=0
    )


def test_what_is_taken_away_is_what_fit_gives(digits):
    *stages, last = learn(digits, "glyphs", UNITS, 3)
    assert len(stages) == 4
    assert [
        "aria-valuenow=" + str(n) in html.replace('"', "")
        for n, html in enumerate(stages)
    ] == [True] * 4
    assert all("Few-shot accuracy" in html for html in stages)
    names = ["features.npz", "features.csv", "encoder.keras", "encoder.onnx"]
    assert re.findall(r'download="([^"]+)"', last) == names
    rows = data.flatten(digits.read.dataset)
    found = _features(digits)
    np.testing.assert_array_equal(found["X"], _encoder(3).fit_transform(rows))
    np.testing.assert_array_equal(found["y"], np.repeat([0, 1, 2], 20))
    assert found["files"][0] == "0/0.png"


def test_a_course_that_is_stopped_is_a_shorter_one(digits):
    course = learn(digits, "glyphs", UNITS, 3)
    for _ in range(3):
        next(course)
    digits.stopping = True
    (last,) = course
    assert "steps=2," in last
    rows = data.flatten(digits.read.dataset)
    np.testing.assert_array_equal(
        _features(digits)["X"], _encoder(2).fit_transform(rows)
    )


def test_a_course_ends_when_other_data_come(digits):
    course = learn(digits, "glyphs", UNITS, 3)
    next(course)
    assert "1,797 images" in take_digits(digits)
    assert list(course) == []
    assert digits.files == {}


def test_a_mistake_is_said_in_one_paragraph(tmp_path, visit):
    path = tmp_path / "table.csv"
    path.write_text("a,b\n1,2\n3,x4\n5,6\n")
    html, columns, _ = take(visit, [path], LIMITS)
    assert html.startswith('<p class="lu-error" role="alert">table.csv has a cell')
    assert "in row 3, column 2" in html
    assert str(tmp_path) not in html
    assert [column.name for column in columns] == ["a", "b"]
    assert visit.read is None
    (refused,) = learn(visit, "glyphs", UNITS, 1)
    assert "There is nothing to learn from yet." in refused


def test_labels_are_chosen_again(tmp_path, visit):
    path = tmp_path / "table.csv"
    path.write_text("a,b\n1,2\n3,7\n5,7\n")
    take(visit, [path], LIMITS)
    assert visit.read.dataset.labels is None
    assert "3 rows of 1 number, 2 classes" in read_again(visit, 1, 0)
    assert "in its first row" in read_again(visit, 9, 0)
    assert visit.read is None


@pytest.mark.parametrize(
    ("rule", "units", "message"),
    [("glifs", UNITS, "There is no rule"), ("glyphs", "0", "no widths of layers")],
)
def test_wrong_choices_are_said(digits, rule, units, message):
    (html,) = learn(digits, rule, units, 3)
    assert message in html


def test_rows_that_are_all_equal_are_said(tmp_path, visit):
    path = tmp_path / "equal.csv"
    path.write_text("a,b\n1,2\n1,2\n1,2\n")
    take(visit, [path], LIMITS)
    (html,) = learn(visit, "glyphs", UNITS, 1)
    assert "All rows of x are equal" in html
