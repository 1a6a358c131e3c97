"""What a measuring process can be asked for, by name."""

from learned_update.benchmarks import engines
from learned_update.benchmarks.agreement.losses import meta_losses
from learned_update.benchmarks.checkpoint_cost import measure_checkpoint_cost
from learned_update.benchmarks.configuration import (
    SERIES,
    SMALL,
    Configuration,
    variant,
)
from learned_update.benchmarks.matrix_peak import matrix_peak
from learned_update.benchmarks.measurement import measure
from learned_update.benchmarks.scaling.series import measure_series
from learned_update.benchmarks.yardsticks import (
    measure_meta_gradient,
    measure_released_inner_step,
)


def _variant(name, configuration, outer_steps, profile):
    configuration = variant(name, Configuration(**configuration))
    return {"variant": name, **measure(configuration, outer_steps, profile)}


def _released_inner_step(configuration, outer_steps):
    repeats = 20 * outer_steps  # an inner step is that much shorter
    return measure_released_inner_step(Configuration(**configuration), repeats)


def _meta_gradient(configuration, outer_steps):
    return measure_meta_gradient(Configuration(**configuration), outer_steps)


def _matrix_peak():
    return {"tflops_per_s": matrix_peak(), "device": engines.device_name()}


def _checkpoint_cost(configuration, outer_steps):
    return measure_checkpoint_cost(Configuration(**configuration), outer_steps)


def _scaling(size, repeats):
    return measure_series(size, SERIES[size], SMALL, repeats)


def _meta_losses(configuration, precision, seeds, outer_steps):
    configuration = Configuration(**configuration)
    return {"losses": meta_losses(configuration, precision, seeds, outer_steps)}


def _ahead_of_time(topology, gin_files, parameters, examples):
    from learned_update.benchmarks.ahead_of_time import tpu
    from learned_update.benchmarks.ahead_of_time.largest_bucket import largest_bucket

    return tpu.compile_for(topology, largest_bucket(gin_files, parameters), examples)


REQUESTS = {
    "variant": _variant,
    "released inner step": _released_inner_step,
    "meta-gradient": _meta_gradient,
    "matrix peak": _matrix_peak,
    "checkpoint cost": _checkpoint_cost,
    "scaling": _scaling,
    "meta-losses": _meta_losses,
    "ahead of time": _ahead_of_time,
}
