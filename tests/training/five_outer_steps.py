"""Five outer steps in float64: losses, norms and theta, to an .npz file.

Run in a process of its own, so that the backend can be chosen; on JAX it makes the
import of TensorFlow fail.
"""

import sys

import keras

if __name__ == "__main__":  # and not where pytest looks for doctests
    if keras.backend.backend() == "jax":
        sys.modules["tensorflow"] = None  # importing it raises from here on
    keras.config.set_floatx("float64")

import numpy as np

import learned_update as lu
from learned_update.run_metrics import read_metrics
from learned_update.training import checkpoints, meta_train
from tests.training import small_run


def main(run_dir):
    def rule(seed):
        return lu.UpdateRule(seed=seed)

    trained = meta_train(
        run_dir,
        seed=3,
        rule=rule,
        groups=small_run.groups(units=(6, 5), tasks=small_run.augmented_tasks),
        outer_steps=5,
        schedule=small_run.SCHEDULE._replace(truncation_lengths=(2,)),
        tensorboard=False,
    )
    if len(checkpoints(f"{run_dir}/checkpoints")) != 2:
        raise RuntimeError("A run keeps a checkpoint of its beginning and its end.")
    np.savez(
        f"{run_dir}/results.npz",
        losses=[row["meta_loss"] for row in read_metrics(run_dir)],
        norms=[row["gradient_norm"] for row in read_metrics(run_dir)],
        **{f"theta_{i}": value for i, value in enumerate(trained.get_weights())},
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
