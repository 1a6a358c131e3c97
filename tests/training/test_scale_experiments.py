"""The experiments at scale parse, and make the tasks and the trainer that they say."""

import gin
import numpy as np
import pytest

from learned_update import registration
from learned_update.data.catalogue.dataset_names import GROUPS, dataset_names
from learned_update.training import theta_average
from learned_update.training.runs import run

OF_IMAGES = ("glyphs/meta_train", "omniglot/meta_train", "cifar10", "synthetic/images")
DATA = {  # what is mixed without a download, in place of what is shipped
    "images": (OF_IMAGES, ("glyphs/greek", "glyphs/latin", "synthetic/images/1")),
    "universal": (
        (*OF_IMAGES, "synthetic/tables", "synthetic/text"),
        ("glyphs/greek", "synthetic/tables/1", "synthetic/text/2"),
    ),
}
SMALL = (
    "WEIGHTS = (3, 1, 2)",
    "HELD_OUT = ('digits',)",
    "VALIDATION = ('glyphs/lao', 'synthetic/images/1001')",
    "glyphs.renderings = 20",
    "validation/glyphs.renderings = 40",
)


class BuiltError(Exception):
    """Ends a run when its trainer is built, before anything is trained."""


@pytest.fixture(autouse=True)
def _clean_gin():
    yield
    gin.clear_config()


def built(name, folder, monkeypatch, *bindings):
    """The `MetaTrainer` of an experiment."""
    trainers = []

    def resumed(run_dir, trainer, hosts):
        trainers.append(trainer)
        raise BuiltError

    monkeypatch.setattr(run, "resumed", resumed)
    data = f"DATA = {DATA[name][1]}"
    registration.configure([f"experiments/{name}.gin"], [*SMALL, data, *bindings])
    with pytest.raises(BuiltError):
        run.meta_train(folder)
    return trainers[0]


@pytest.mark.parametrize("name", DATA)
def test_trainer(name, tmp_path, monkeypatch):
    trainer = built(name, tmp_path, monkeypatch)
    groups = trainer.groups
    assert trainer.groups_per_step * groups[0].slots == 64
    shapes = {(len(group.base.units), group.tasks.input_dim) for group in groups}
    assert shapes == {(n, size**2) for n in (2, 3, 4, 5) for size in (14, 16)}
    widths = [group.base.units[0] for group in groups]
    assert 32 <= min(widths) < 64 < 256 < max(widths) <= 512
    batches = [group.batch_size for group in groups]
    assert 64 <= min(batches) < 128 < 256 < max(batches) <= 512
    schedule = trainer.schedule
    assert schedule.longest_unroll(0) == 50
    assert schedule.longest_unroll(8000) == 1000
    assert theta_average() == (15000, None)
    for tasks in {id(group.tasks): group.tasks for group in groups}.values():
        assert [data.name for data in tasks.datasets] == list(DATA[name][1])
        np.testing.assert_allclose(tasks.weights, [1 / 2, 1 / 6, 1 / 3])
        task = tasks.draw_task(np.random.default_rng(0))
        batch = tasks.draw_batch(np.random.default_rng(1), task, 3, 64)
        assert (len(task.classes), batch.inner.shape) == (10, (3, 64))


@pytest.mark.parametrize("name", DATA)
def test_shipped_data_are_known_and_no_test_data(name):
    registration.configure([f"experiments/{name}.gin"])
    data, weights = (gin.query_parameter(f"{x}/gin.macro.value") for x in MACROS)
    assert data == DATA[name][0]
    assert len(weights) == len(data)
    assert set(data) <= {*GROUPS, *dataset_names()}


MACROS = ("DATA", "WEIGHTS")


def test_it_shrinks_by_its_macros(tmp_path, monkeypatch):
    small = ("SLOTS = 2", "BUCKETS = 4", "WIDEST = 64", "LARGEST_BATCH = 128")
    trainer = built("images", tmp_path, monkeypatch, *small, "GROWTH = 10")
    assert [group.slots for group in trainer.groups] == [2] * 4
    assert max(group.base.units[0] for group in trainer.groups) <= 64
    assert max(group.batch_size for group in trainer.groups) <= 128
    assert trainer.schedule.longest_unroll(10) == 1000
