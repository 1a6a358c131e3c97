"""Times of an outer step, of its compiled part, and its share of the peak."""

import statistics
import time

import keras

from learned_update.benchmarks import engines
from learned_update.benchmarks.glyph_trainer import make_trainer
from learned_update.benchmarks.matrix_peak import matrix_peak
from learned_update.progress import Progress
from learned_update.training.runs.ahead import DrawsAhead
from learned_update.training.runs.late_metrics import LateMetrics

ROUNDS = 12
PROFILED_STEPS = 2
TERA = 1e12


def measure(configuration, outer_steps, profile=None):
    """Measures the outer step of a configuration.

    Args:
        configuration: `Configuration`.
        outer_steps: to time in each of twelve rounds, whose medians are given; at
            least 1.
        profile: folder for a trace of two further ones; None traces nothing.

    Returns:
        A dict; times are seconds per outer step. `step_s` is the median from one
        outer step to the next in the loop of `meta_train`, `wall_s` and `cpu_s` are
        its means. `device_s` is the compiled part alone, one call after the other on
        inputs that lie on the device, and `host_share` what the step takes beyond it.
        `flops` are those of the matrix products of an outer step, `tflops_per_s` the
        rate of them in `device_s`, and `peak_share` its share of `matrix_peak`.
        `compile_s` is the first step, `draw_s` what the host takes to draw a step.
    """
    trainer = make_trainer(configuration)
    state, begun = trainer.initial_state(), time.perf_counter()
    state, metrics = trainer.step(state)
    dict(metrics)  # waits for the device
    compile_s = time.perf_counter() - begun
    rows, device = [], []
    for _ in range(ROUNDS):  # in turn, as a machine is not always as fast
        state, row = _loop(trainer, state, outer_steps)
        rows.append(row)
        drawn = trainer.draw(state)
        state, seconds = device_seconds(trainer, state, drawn, outer_steps)
        device.append(seconds)
    if profile is not None:
        with engines.trace(profile):  # which takes time itself
            state, _ = _loop(trainer, state, PROFILED_STEPS)
    loop = {name: statistics.median(row[name] for row in rows) for name in rows[0]}
    device_s, peak = statistics.median(device), matrix_peak()
    flops = outer_step_flops(trainer, state)
    return {
        "compile_s": compile_s,
        **loop,
        "draw_s": _draw_seconds(trainer, state, outer_steps),
        "device_s": device_s,
        "flops": flops,
        "peak_tflops_per_s": peak,
        **shares(loop["step_s"], device_s, flops, peak),
        "backend": keras.backend.backend(),
        "device": engines.device_name(),
    }


def shares(step_s, device_s, flops, peak):
    """What follows from times, FLOPs and the peak in TFLOP/s, as a dict."""
    rate = flops / device_s / TERA
    return {
        "host_share": 1.0 - device_s / step_s,
        "tflops_per_s": rate,
        "peak_share": rate / peak,
    }


def device_seconds(trainer, state, drawn, calls):
    """Seconds of the compiled part of an outer step, called again without waiting.

    Args:
        trainer: `MeasuredTrainer` that has compiled.
        state: `TrainState`.
        drawn: `OuterDraw` for it.
        calls: one after the other.

    Returns:
        `(state, seconds)`: as of `compute`, and seconds per call.
    """
    engines.wait([group.phi for group in state.groups])
    begun = time.perf_counter()
    for _ in range(calls):
        state = trainer.compute(state, drawn)
    engines.wait([group.phi for group in state.groups])
    return state, (time.perf_counter() - begun) / calls


def outer_step_flops(trainer, state):
    """FLOPs of the matrix products of the next outer step of a `MeasuredTrainer`."""
    drawn = trainer.draw(state)
    return sum(
        engines.product_flops(
            trainer.truncation(index),
            trainer.truncation_arguments(state, drawn, index),
            loop_steps=drawn.steps,
        )
        for index in drawn.groups
    )


def _loop(trainer, state, outer_steps):
    """Outer steps as `meta_train` does them: `(state, times)`."""
    read = []
    last = state.outer_step + outer_steps
    with Progress(outer_steps, "outer steps", enabled=False) as bar:
        begun, cpu = time.perf_counter(), time.process_time()
        late = LateMetrics(read.append, lambda _: None, bar)
        with DrawsAhead(trainer, state, last) as ahead:
            while state.outer_step < last:
                state, metrics = trainer.step(state, ahead.take(state))
                late.add(metrics)
            late.read_all()
        wall, cpu = time.perf_counter() - begun, time.process_time() - cpu
    return state, {
        "wall_s": wall / outer_steps,
        "cpu_s": cpu / outer_steps,
        "step_s": statistics.median(metrics["seconds"] for metrics in read),
        "peak_memory_gb": read[-1]["peak_memory_gb"],
    }


def _draw_seconds(trainer, state, outer_steps):
    begun = time.perf_counter()
    for _ in range(outer_steps):
        trainer.draw(state)
        state, _ = trainer.advance(state)
    return (time.perf_counter() - begun) / outer_steps
