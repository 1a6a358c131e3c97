"""The data sets that the package's own configurations name."""

import gin
import pytest

from learned_update import configuration
from learned_update.data import dataset_names, part_of
from learned_update.data.catalogue.dataset_names import GROUPS
from learned_update.registration import register_all

FILES = configuration.gin_files()
TASKS = [name for name in FILES if name.startswith("tasks/")]
EXPERIMENTS = [name for name in FILES if name.startswith("experiments/")]


@pytest.fixture(autouse=True)
def _clean_gin():
    register_all()
    gin.clear_config()
    yield
    gin.clear_config()


def names(file, parameter):
    configuration.load([file])
    value = gin.query_parameter(parameter)
    if isinstance(value, gin.config.ConfigurableReference):  # a macro
        value = gin.query_parameter(
            f"{value.scoped_selector.split('/')[0]}/macro.value"
        )
    return [
        member for name in map(named, value) for member in GROUPS.get(name, (name,))
    ]


def named(value):
    """The name of a data set, or of one that a reference would load."""
    if isinstance(value, gin.config.ConfigurableReference):
        return gin.query_parameter(f"{value.scoped_selector}.name")
    return value


@pytest.mark.parametrize("file", TASKS)
def test_tasks_are_of_data_sets_that_exist(file):
    found = names(file, "task_distribution.datasets")
    assert found
    members = {member for group in GROUPS.values() for member in group}
    assert set(found) <= set(dataset_names()) | members


@pytest.mark.parametrize("file", EXPERIMENTS)
def test_experiments_train_and_test_on_different_data(file):
    trained = names(file, "task_distribution.datasets")
    gin.clear_config()
    held_out = names(file, "held_out/named_datasets.names")
    assert {part_of(name) for name in trained} == {"meta_train"}
    assert {part_of(name) for name in held_out} == {"meta_test"}
    for parameter in ("meta_train.held_out", "report.datasets"):
        reference = gin.query_parameter(parameter)
        assert reference.scoped_configurable_fn is not None
        assert "held_out/" in repr(reference)


def test_held_out_tasks_are_of_the_last_part():
    for file in TASKS:
        gin.clear_config()
        if "held_out" in file:
            parts = {part_of(n) for n in names(file, "task_distribution.datasets")}
            assert parts == {"meta_test"}
