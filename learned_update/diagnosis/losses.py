"""Meta-loss of the thetas of several runs on the same unrolls."""

import keras
import numpy as np
from keras import ops

from learned_update.diagnosis.probes.course import Courses, repeated
from learned_update.diagnosis.probes.tasks import draw_probe_tasks
from learned_update.diagnosis.run_state import configured_trainer
from learned_update.training import checkpoints, outer_step_of, read_checkpoint
from learned_update.training.saving.folder import CHECKPOINT_FOLDER


def checkpoint_losses(run_dirs, tasks, steps, seed=0):
    """Mean meta-loss over unrolls, with theta of every checkpoint of some runs.

    Args:
        run_dirs: folders of runs that train rules of one form; the tasks are those of
            the first one's first group.
        tasks: how many.
        steps: inner steps of an unroll.
        seed: of the tasks and of all that they read.

    Returns:
        `{run_dir: {outer step: [loss of each task]}}`.

    Raises:
        ValueError: a folder is no run's, or a checkpoint is damaged.
    """
    trainer = configured_trainer(run_dirs[0])
    probes = draw_probe_tasks(trainer.groups[0], tasks, steps, seed)
    courses = Courses(trainer.truncated_step(0))
    found = {}
    for run_dir in run_dirs:
        found[str(run_dir)] = losses = {}
        for path in checkpoints(run_dir / CHECKPOINT_FOLDER):
            theta = theta_of(read_checkpoint(path), trainer)
            course, _ = courses([repeated(theta, tasks)], probes, steps)
            losses[outer_step_of(path)] = np.mean(course.loss[:, 0], axis=0).tolist()
    return found


def theta_of(arrays, trainer):
    """Values for the trainable variables of a trainer, of a checkpoint's arrays."""
    names = sorted(name for name in arrays if name.startswith("theta/"))
    return keras.tree.map_structure(
        lambda array, variable: ops.convert_to_tensor(array, variable.dtype),
        [arrays[name] for name in names],
        list(trainer.rule.trainable_variables),
    )
