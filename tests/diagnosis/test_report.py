"""The files of a diagnosis, of findings that are made up."""

import base64
import json

import numpy as np
import pytest
from matplotlib.image import imread

from learned_update.diagnosis.report.numbers import summary, tables
from learned_update.diagnosis.report.scalars import scalars
from learned_update.diagnosis.report.write import write_report
from tests.diagnosis.problems import findings


def test_figure_page_and_numbers(tmp_path):
    figure, page, numbers = write_report(findings(), tmp_path / "new")
    assert [x.name for x in (figure, page, numbers)] == [
        "diagnosis.png",
        "diagnosis.html",
        "diagnosis.json",
    ]
    assert imread(figure).shape[1] > 1500
    text = page.read_text()
    assert base64.b64encode(figure.read_bytes()).decode() in text
    assert "<h1>a &lt;run&gt;, outer step 6</h1>" in text
    assert "<td>steps skipped</td><td>2</td>" in text
    said = json.loads(numbers.read_text())
    assert said["counts"] == {
        "steps skipped": 2,
        "unrolls exploded": 0,
        "returns to a checkpoint": 1,
        "steps with a dead rule": 2,
    }
    assert said["gradients"]["with_double"] == [0.9, 0.8, 0.7, None]
    assert said["gradients"]["persistent"]["share"] == 0.9
    assert "metrics" not in said


def test_tables():
    found = tables(findings())
    _, rows = found["Gradient of an unroll"]
    assert rows[0][0] == "1"
    assert rows[0][3:] == ("0.900", "-0.500")
    assert rows[-1][0] == "persistent ES, 2"
    assert "0.90 ± 0.20" in rows[-1][-1]
    _, rows = found["Weight-change terms, means over layers and states"]
    shares = [float(row[2].removesuffix(" %")) for row in rows[:-1]]
    assert sum(shares) == pytest.approx(100, abs=0.2)
    (learned,) = (row for row in rows if row[0] == "0_order")
    assert rows[-1][2] == learned[2]
    _, rows = found["Meta-loss per task family"]
    losses = findings().losses
    assert rows[0][0::3] == ("glyphs", f"{losses[:, :2].mean():.4f}")
    _, rows = found["Sensitivity"]
    assert float(rows[-1][1]) == pytest.approx(np.exp(3 / 7), abs=2e-3)


def test_without_what_a_run_may_lack(tmp_path):
    bare = findings(shares=None, initial_losses=None, metrics=[])
    bare = bare._replace(gradients=bare.gradients._replace(persistent=None))
    write_report(bare, tmp_path)
    assert not any("terms" in title for title in tables(bare))
    assert "readouts" not in summary(bare)
    assert "learned readouts are" in summary(findings())


def test_numbers_go_to_the_events_of_a_run(tmp_path):
    tensorflow = pytest.importorskip("tensorflow")
    write_report(findings(), tmp_path / "report", tmp_path)
    assert not (tmp_path / "events").exists()  # the run has none
    (tmp_path / "events").mkdir()
    write_report(findings(), tmp_path / "report", tmp_path)
    (path,) = (tmp_path / "events").iterdir()
    written = {
        (value.tag, event.step): float(tensorflow.make_ndarray(value.tensor))
        for record in tensorflow.data.TFRecordDataset(str(path)).as_numpy_iterator()
        for event in [tensorflow.compat.v1.Event.FromString(record)]
        for value in event.summary.value
    }
    expected = {(name, step): value for name, step, value in scalars(findings())}
    assert written.keys() == expected.keys()
    for key, value in expected.items():
        assert written[key] == pytest.approx(value, rel=1e-6)
    assert written["diagnosis/truncation_length/cosine_with_double", 2] == (
        pytest.approx(0.8)
    )
