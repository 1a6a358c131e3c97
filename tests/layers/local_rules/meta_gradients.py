"""The trainer's meta-gradient of every local rule in float64, to an .npz file.

Run in a process of its own, so that the backend can be chosen.
"""

import sys

import keras

if __name__ == "__main__":  # and not where pytest looks for doctests
    keras.config.set_floatx("float64")

import numpy as np
from keras import ops

import learned_update as lu
from learned_update.layers import LOCAL_RULES, local_rule
from tests.training import small_run


def main(path):
    found = {}
    for name in LOCAL_RULES:
        trainer = lu.MetaTrainer(
            local_rule(name),
            groups=small_run.groups(units=(6, 5)),
            schedule=small_run.SCHEDULE._replace(truncation_lengths=(2,)),
            seed=3,
        )
        for index, value in enumerate(trainer.gradient(trainer.initial_state())):
            found[f"{name}_{index}"] = ops.convert_to_numpy(value)
    np.savez(path, **found)


if __name__ == "__main__":
    main(*sys.argv[1:])
