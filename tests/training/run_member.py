"""One process of small runs in float64, on several devices or of several hosts.

Its options come as JSON; on JAX it makes the import of TensorFlow fail.
"""

import json
import os
import signal
import sys

import keras

if __name__ == "__main__":  # and not where pytest looks for doctests
    OPTIONS = json.loads(sys.argv[1])
    keras.config.set_floatx("float64")
    if keras.backend.backend() == "jax":
        sys.modules["tensorflow"] = None  # importing it raises from here on
    elif OPTIONS["cpus"] > 1:
        import tensorflow as tf

        tf.config.set_logical_device_configuration(
            tf.config.list_physical_devices("CPU")[0],
            [tf.config.LogicalDeviceConfiguration()] * OPTIONS["cpus"],
        )

import numpy as np

import learned_update as lu
from learned_update.training import MetaTrainer, Schedule, meta_train
from learned_update.training.hosts.joining import join_hosts
from learned_update.training.hosts.options import HostOptions
from learned_update.training.runs import run
from tests.training import small_run


def main(runs, results, hosts, signalled, cache, **_):
    if signalled is not None:
        step, (name, when) = MetaTrainer.step, signalled

        def signalling_step(self, state, drawn):
            if state.outer_step == when:
                os.kill(os.getpid(), signal.Signals[name])
            return step(self, state, drawn)

        MetaTrainer.step = signalling_step
    chosen, choose_devices = [], run.choose_devices

    def kept_choice(*arguments):
        chosen.append(choose_devices(*arguments))
        return chosen[-1]

    run.choose_devices = kept_choice
    with join_hosts(hosts and HostOptions(*hosts), {}) as joined:
        for (run_dir, devices), path in zip(runs, results, strict=True):
            rule = meta_train(
                run_dir,
                seed=3,
                rule=lu.UpdateRule,
                groups=small_run.groups(units=(4,), slots=4),
                outer_steps=5,
                schedule=Schedule(truncation_lengths=(1, 2), unroll_lengths=(2, 5)),
                rematerialise="steps" if keras.backend.backend() == "jax" else "none",
                devices=devices,
                checkpoint_every=2,
                compilation_cache=cache,
                tensorboard=False,
                hosts=joined,
            )
            np.savez(path, *rule.get_weights(), devices=chosen[-1].count)


if __name__ == "__main__":
    main(**OPTIONS)
