"""What a measurement of a small outer step says."""

import keras
import numpy as np
import pytest

from learned_update.benchmarks import engines, glyph_trainer, matrix_peak
from learned_update.benchmarks.configuration import (
    SERIES,
    Configuration,
    check_configuration,
    variant,
)
from learned_update.benchmarks.measurement import (
    device_seconds,
    measure,
    outer_step_flops,
    shares,
)
from learned_update.benchmarks.scaling.series import exponent, shortened
from tests.training import small_run

SMALL = Configuration(
    tasks=2, truncation_length=3, width=4, depth=2, batch_size=8, size=8
)
KEYS = {
    "compile_s",
    "wall_s",
    "cpu_s",
    "draw_s",
    "peak_memory_gb",
    "step_s",
    "device_s",
    "host_share",
    "flops",
    "tflops_per_s",
    "peak_tflops_per_s",
    "peak_share",
    "backend",
    "device",
}


@pytest.fixture(scope="module")
def module_patch():
    with pytest.MonkeyPatch.context() as patch:
        yield patch


@pytest.fixture(scope="module")
def small_trainer(module_patch):
    """The trainer of the one compilation that these tests share."""
    datasets = [small_run.images(classes=10, examples=24, size=3)]
    module_patch.setattr(glyph_trainer, "glyphs", lambda script, size: datasets[0])
    module_patch.setattr(glyph_trainer, "UpdateRule", small_run.quick_rule)
    return glyph_trainer.make_trainer(SMALL)


@pytest.fixture(scope="module")
def measured(small_trainer, module_patch):
    from learned_update.benchmarks import measurement

    module_patch.setattr(measurement, "make_trainer", lambda _: small_trainer)
    module_patch.setattr(measurement, "matrix_peak", lambda: 0.5)
    return measure(SMALL, outer_steps=1)


def test_keys(measured):
    assert measured.keys() == KEYS
    assert measured["backend"] == keras.backend.backend()


def test_shares(measured):
    assert measured["host_share"] == 1.0 - measured["device_s"] / measured["step_s"]
    rate = measured["flops"] / measured["device_s"] / 1e12
    assert measured["tflops_per_s"] == pytest.approx(rate, rel=1e-12)
    assert measured["peak_share"] == pytest.approx(rate / 0.5, rel=1e-12)
    assert shares(step_s=2.0, device_s=1.5, flops=3 * 10**12, peak=4.0) == {
        "host_share": 0.25,
        "tflops_per_s": 2.0,
        "peak_share": 0.5,
    }


def test_flops_grow_with_tasks_and_inner_steps(measured, small_trainer):
    """Nothing of an outer step's products is done once for all of them."""
    state = small_trainer.initial_state()
    drawn = small_trainer.draw(state)
    assert measured["flops"] == outer_step_flops(small_trainer, state)
    assert drawn.steps == SMALL.truncation_length
    assert measured["flops"] % (SMALL.tasks * SMALL.truncation_length) == 0
    inner = 2 * SMALL.batch_size * (9 * SMALL.width + SMALL.width * 32)
    inner_steps = SMALL.tasks * SMALL.truncation_length
    assert measured["flops"] > 3 * inner_steps * inner  # forward, again, backward


def test_the_compiled_part_is_the_outer_step(measured, small_trainer):
    """`compute` moves theta and phi as `step` does."""

    def leaves(state):
        theta = [v.numpy() for v in small_trainer.rule.trainable_variables]
        phi = [np.asarray(x) for x in keras.tree.flatten(state.groups[0].phi)]
        return theta + phi

    variables = [
        *small_trainer.rule.trainable_variables,
        *small_trainer.optimizer.variables,
    ]
    values = [v.numpy() for v in variables]
    stepped, _ = small_trainer.step(small_trainer.initial_state())
    expected = leaves(stepped)
    for variable, value in zip(variables, values, strict=True):
        variable.assign(value)
    begun = small_trainer.initial_state()
    reached = leaves(small_trainer.compute(begun, small_trainer.draw(begun)))
    for a, b in zip(reached, expected, strict=True):
        np.testing.assert_array_equal(a, b)


def test_shortened_draw(measured, small_trainer):
    """Fewer inner steps are what a shorter truncation would do."""
    state = small_trainer.initial_state()
    shorter = shortened(small_trainer.draw(state), 1)
    once, _ = device_seconds(small_trainer, state, shorter, calls=1)
    state = small_trainer.initial_state()
    whole, _ = device_seconds(small_trainer, state, small_trainer.draw(state), calls=1)
    kernels = [np.asarray(x.groups[0].phi.layers[0].kernel) for x in (once, whole)]
    assert shorter.steps == 1
    assert np.abs(kernels[0] - kernels[1]).max() > 1e-3


def test_series_of_groups(small_trainer):
    """Each value is a group, which the trainer visits when it is measured."""
    del small_trainer  # whose data these share
    sizes = [SMALL._replace(tasks=1, width=6), SMALL._replace(tasks=3, width=5)]
    trainer = glyph_trainer.make_series_trainer(sizes)
    assert [group.base.units for group in trainer.groups] == [(6, 32), (5, 32)]
    begun = trainer.initial_state()
    for index, size in enumerate(sizes):
        drawn = trainer.draw(begun._replace(outer_step=index))
        assert list(drawn.groups) == [index]
        assert drawn.groups[index].batch.inner.shape == (3, size.tasks, 8)


def test_trace(tmp_path):
    with engines.trace(tmp_path):
        engines.wait(engines.matrix_product(8)())
    assert list(tmp_path.rglob("*.xplane.pb"))


def test_matrix_product():
    assert engines.matrix_product(8)().shape == (8, 8)


def test_exponent():
    assert exponent([1, 2, 8], [3.0, 6.0, 24.0]) == pytest.approx(1.0)
    assert exponent([2, 4], [5.0, 20.0]) == pytest.approx(2.0)


def test_series_are_sizes():
    assert SERIES.keys() < set(Configuration._fields)
    for values in SERIES.values():
        assert list(values) == sorted(set(values))


def test_matrix_peak(monkeypatch):
    """The best of all sizes, and no size after one that takes long."""
    asked = []
    seconds = {16: 4e-9, 32: 1e-9, 64: 1.0}

    def matrix_product(size):
        asked.append(size)
        return lambda: size

    monkeypatch.setattr(matrix_peak.engines, "matrix_product", matrix_product)
    monkeypatch.setattr(matrix_peak.engines, "wait", lambda _: None)
    monkeypatch.setattr(matrix_peak, "_seconds", lambda product: seconds[product()])
    peak = matrix_peak.matrix_peak((16, 32, 64, 128))
    assert asked == [16, 32, 64]
    assert peak == pytest.approx(2 * 32**3 / 1e-9 / 1e12)


def test_variants():
    configuration = Configuration(tasks=6)
    assert variant("rematerialised", configuration) == configuration
    assert variant("kept", configuration).rematerialise == "none"
    assert variant("one task at a time", configuration).groups == 6
    assert variant("augmented", configuration).augmented


@pytest.mark.parametrize("name", ["tasks", "width", "depth", "batch_size", "size"])
def test_sizes_that_make_no_sense(name):
    with pytest.raises(ValueError, match=rf"Expected: {name} >= .*{name}=0"):
        check_configuration(Configuration(**{name: 0}))
