"""The trainer of a run and its newest checkpoint, read off the run's directory."""

import inspect
import pathlib

import gin
from absl import logging

from learned_update import registration
from learned_update.configuration import CONFIG_FILE
from learned_update.errors import invalid
from learned_update.files import utf8_text
from learned_update.training import MetaTrainer, checkpoints, restore_checkpoint
from learned_update.training.saving.archive import DamagedError
from learned_update.training.saving.folder import CHECKPOINT_FOLDER

_LEFT_OUT = ("meta_train.held_out = ()", "meta_train.monitor = None")


def configured_trainer(run_dir):
    """The `MetaTrainer` of a run that `learned-update train` has written.

    Args:
        run_dir: folder of the run, with its `config.gin`.

    Raises:
        ValueError: there is no run, or its configuration cannot be read.
    """
    config = check_run(run_dir) / CONFIG_FILE
    if not config.is_file():
        raise invalid(
            f"The configuration of the run in {utf8_text(run_dir)} is missing.",
            expected=f"{CONFIG_FILE} in it, as `learned-update train` writes",
            received="a run without one",
            remedy="From Python, `learned_update.diagnosis.diagnose(run_dir, trainer)` "
            "takes a MetaTrainer.",
        )
    registration.configure([config], _LEFT_OUT)
    settings = gin.get_bindings("meta_train")
    if not {"rule", "groups"} <= set(settings):
        raise invalid(
            f"{utf8_text(config)} configures no meta-training run.",
            expected="bindings of meta_train.rule and meta_train.groups",
            received="none of them",
            remedy="Put back the file that the run has written.",
        )
    seed = settings.get("seed", 0)
    wanted = inspect.signature(MetaTrainer).parameters.keys() - {"rule", "devices"}
    options = {name: settings[name] for name in wanted & settings.keys()}
    return MetaTrainer(settings["rule"](seed=seed), **options)


def check_run(run_dir):
    """The folder as a path; raises `ValueError` unless there is one."""
    run_dir = pathlib.Path(run_dir)
    if not run_dir.is_dir():
        raise invalid(
            f"There is no run in {utf8_text(run_dir)}.",
            expected="a folder that `learned-update train --run_dir` has written",
            received="a file" if run_dir.exists() else "nothing of that name",
            remedy="Name the folder of a run.",
        )
    return run_dir


def restored(run_dir, trainer):
    """Sets theta and the optimizer's slots to the newest checkpoint that is whole.

    Nothing in the folder is changed; a damaged checkpoint is named in a warning.

    Args:
        run_dir: folder of the run.
        trainer: `MetaTrainer` of its configuration.

    Returns:
        `TrainState`.

    Raises:
        ValueError: there is no checkpoint, none is whole, or they are of another
            configuration.
    """
    folder = check_run(run_dir) / CHECKPOINT_FOLDER
    refused = []
    for path in reversed(checkpoints(folder)):
        try:
            return restore_checkpoint(path, trainer)
        except DamagedError as error:
            refused.append(path.name)
            logging.warning("%s", error)
    raise invalid(
        f"The run in {utf8_text(run_dir)} has no checkpoint that is whole.",
        expected=f"one in {utf8_text(folder)}",
        received=f"{', '.join(refused)}, damaged" if refused else "none",
        remedy="Name the folder of a run, or give the command that trains it again: "
        "it goes on from a checkpoint, or says why it cannot.",
    )
