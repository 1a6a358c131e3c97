"""Metrics of an outer step, of figures that are known."""

import numpy as np
import pytest

from learned_update.training.outer_steps.families import families
from learned_update.training.outer_steps.step_metrics import StepMetrics
from tests.training import small_run


def test_losses_are_told_by_family():
    losses = np.array([0.5, 0.25, 1.0, 0.75])
    figures = [np.stack([part, part, part, 0 * part]) for part in np.split(losses, 2)]
    metrics = StepMetrics(
        7, 2, 1, np.zeros(3, np.int32), figures, 0.3, ("a", "b", "b", "a")
    )
    assert metrics["meta_loss"] == 0.625
    assert metrics["meta_loss/a"] == metrics["meta_loss/b"] == 0.625
    assert [x for x in metrics if "/" in x] == ["meta_loss/a", "meta_loss/b"]
    metrics = StepMetrics(7, 2, 1, np.zeros(3), figures, 0.3, ("a", "b", "c", "c"))
    assert metrics["meta_loss/c"] == 0.875


def test_families_of_data_sets():
    assert families(["glyphs/greek", "glyphs/latin", "digits"]) == {
        "glyphs/greek": "glyphs",
        "glyphs/latin": "glyphs",
        "digits": "digits",
    }
    assert families(["glyphs/greek", "glyphs/latin"]) == {
        "glyphs/greek": "glyphs/greek",
        "glyphs/latin": "glyphs/latin",
    }


def test_a_draw_says_where_its_tasks_come_from():
    tasks = small_run.tasks()
    others = small_run.images(seed=1)._replace(name="others")
    tasks = type(tasks)([*tasks.datasets, others], ways=2, shots=2, queries=2)
    group = small_run.groups(tasks=lambda: tasks)[0]
    run = small_run.trainer(groups=[group._replace(slots=3), group])
    drawn = run.draw(run.initial_state())
    assert len(drawn.datasets) == 5
    assert {*drawn.datasets} == {"prototypes", "others"}
    first, count = drawn.groups[0].batch.inner[0], len(tasks.datasets[0].images)
    for name, rows in zip(drawn.datasets, np.asarray(first), strict=False):
        assert ((rows < count) == (name == "prototypes")).all()


def test_events_that_cannot_be_written_are_worded(tmp_path):
    tensorflow = pytest.importorskip("tensorflow")
    from learned_update.training.runs.events import EventWriter

    writer = EventWriter(tmp_path)

    class Full:
        def flush(self):
            raise tensorflow.errors.ResourceExhaustedError(None, None, "no space\nleft")

    whole, writer._writer = writer._writer, Full()
    message = "events could not be written to .*events.*Received: no space. Make room"
    with pytest.raises(OSError, match=message):
        writer.flush()
    whole.close()
    (tmp_path / "file").touch()
    with pytest.raises(OSError, match="could not be written.*Not a directory"):
        EventWriter(tmp_path / "file")
