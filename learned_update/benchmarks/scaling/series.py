"""The time of an outer step over the values of one of its sizes."""

import keras
import numpy as np

from learned_update.benchmarks import engines
from learned_update.benchmarks.glyph_trainer import make_series_trainer, make_trainer
from learned_update.benchmarks.measurement import device_seconds


def measure_series(size, values, configuration, repeats):
    """Seconds of the compiled part of an outer step, over values of one size.

    Args:
        size: a field of `Configuration`.
        values: of it, ascending.
        configuration: of all other sizes.
        repeats: times each is measured, of which the shortest counts.

    Returns:
        A dict: `size`, `values`, `seconds`, `exponent` of the power law through them,
        `backend` and `device`.
    """
    if size == "truncation_length":
        seconds = _of_lengths(values, configuration, repeats)
    else:
        configurations = [configuration._replace(**{size: value}) for value in values]
        seconds = _of_groups(configurations, repeats)
    return {
        "size": size,
        "values": list(values),
        "seconds": seconds,
        "exponent": exponent(values, seconds),
        "backend": keras.backend.backend(),
        "device": engines.device_name(),
    }


def exponent(values, seconds):
    """Slope of the line through the logarithms, by least squares."""
    return float(np.polyfit(np.log(values), np.log(seconds), 1)[0])


def _of_groups(configurations, repeats):
    """One trainer visits them in turn, as in a run of several shapes."""
    trainer = make_series_trainer(configurations)
    begun, seconds = trainer.initial_state(), []
    for index in range(len(configurations)):
        state = begun._replace(outer_step=index)
        drawn = trainer.draw(state)
        state = trainer.compute(state, drawn)  # compiles
        seconds.append(_shortest(trainer, state, drawn, repeats)[0])
    return seconds


def _of_lengths(lengths, configuration, repeats):
    """One compiled function does all lengths, as in a run that draws them."""
    trainer = make_trainer(configuration._replace(truncation_length=max(lengths)))
    state, _ = trainer.step(trainer.initial_state())
    drawn, seconds = trainer.draw(state), []
    for length in lengths:
        taken, state = _shortest(trainer, state, shortened(drawn, length), repeats)
        seconds.append(taken)
    return seconds


def shortened(drawn, length):
    """An `OuterDraw` with fewer inner steps."""
    groups = {
        index: group._replace(steps=keras.ops.cast(length, "int32"))
        for index, group in drawn.groups.items()
    }
    return drawn._replace(steps=length, groups=groups)


def _shortest(trainer, state, drawn, repeats):
    taken = []
    for _ in range(repeats):
        state, seconds = device_seconds(trainer, state, drawn, calls=2)
        taken.append(seconds)
    return min(taken), state
