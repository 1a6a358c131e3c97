"""Buckets of base-model shapes."""

import gin
import pytest

from learned_update.training import MetaTrainer, sampled_groups
from tests.training import small_run

DEFAULTS = {"tasks": ("tasks",), "buckets": 24, "batch_sizes": (32, 128)}


def test_buckets_cover_the_ranges():
    groups = sampled_groups(**DEFAULTS)
    assert len(groups) == 24
    depths = [len(group.units) for group in groups]
    assert depths == 6 * [2, 3, 4, 5]
    widths = [group.units[0] for group in groups]
    for group, width in zip(groups, widths, strict=True):
        assert group.units == (width,) * (len(group.units) - 1) + (32,)
        assert width % 8 == 0
    assert 64 <= min(widths) < 96 < 320 < max(widths) <= 512
    assert len(set(widths)) > 15
    batches = [group.batch_size for group in groups]
    assert 32 <= min(batches) < 45 < 90 < max(batches) <= 128


def test_half_of_the_widths_are_below_the_geometric_mean():
    groups = sampled_groups(**{**DEFAULTS, "buckets": 400})
    below = sum(group.units[0] < (64 * 512) ** 0.5 for group in groups)
    assert 170 < below < 230


def test_a_bucket_is_a_function_of_its_number_and_the_seed():
    few, many, other = (
        sampled_groups(**{**DEFAULTS, "buckets": buckets, "seed": seed})
        for buckets, seed in ((3, 0), (5, 0), (3, 1))
    )
    assert many[:3] == few != other


def test_task_distributions_are_given_to_the_buckets_in_turn():
    groups = sampled_groups(tasks=("first", "second"), buckets=8)
    turns = ["first", "second"] * 2 + ["second", "first"] * 2
    assert [group.tasks for group in groups] == turns
    both = {(len(group.units), group.tasks) for group in groups}
    assert len(both) == 8  # every depth with either


def test_tasks_are_required():
    with pytest.raises(RuntimeError, match="sampled_groups.tasks|\\['tasks'\\]"):
        gin.get_configurable("sampled_groups")()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"tasks": ()}, "nothing to make groups of.*0 task distributions"),
        ({"buckets": 0}, "buckets=0"),
        ({"depths": (3, 2)}, r"range of depths is empty.*\(3, 2\). Swap"),
        ({"widths": (0, 8)}, r"range of widths is empty.*1 <= least"),
        ({"batch_sizes": (9, 8)}, "range of batch_sizes is empty"),
    ],
)
def test_impossible_ranges(changes, message):
    with pytest.raises(ValueError, match=message):
        sampled_groups(**{**DEFAULTS, **changes})


def test_every_depth_is_traced_once_and_groups_share_what_lies_on_the_device(
    monkeypatch,
):
    from learned_update.meta.estimators import truncated_backpropagation as module

    traces = []

    def counted(step, *arguments, **options):
        traces.append(len(step.base.units))
        return meta_gradient(step, *arguments, **options)

    meta_gradient = module.meta_gradient
    monkeypatch.setattr(module, "meta_gradient", counted)
    groups = sampled_groups(
        tasks=[small_run.tasks()],
        buckets=3,
        depths=(1, 2),
        widths=(4, 9),
        width_multiple=1,
        embedding_units=3,
        batch_sizes=(4, 9),
        slots=2,
    )
    groups[0] = groups[0]._replace(units=(5,), slots=3)
    assert [len(group.units) for group in groups] == [1, 2, 1]
    assert groups[0].units != groups[2].units
    assert groups[0].batch_size != groups[2].batch_size
    run = small_run.trainer(groups=groups)
    assert isinstance(run, MetaTrainer)
    assert len(run._outer_step._resident) == 1
    state, lengths = run.initial_state(), set()
    for _ in range(4):
        state, metrics = run.step(state)
        lengths.add(metrics["truncation_length"])
    assert lengths == {2, 3}
    assert traces == [1, 2]
