"""Learners on disk: one `.keras` file each."""

import pathlib

import keras

from learned_update.archives.keras_classes import foreign_classes
from learned_update.errors import InvalidInputError, describe, invalid
from learned_update.few_shot.learner import Learner

_LONGEST_MESSAGE = 300  # characters of what Keras says


def load_learner(path, method=None):
    """A learner from its file; executes no code of the file.

    Args:
        path: of a `.keras` file.
        method: what it must be, such as `"prototypical"`; None for any.

    Returns:
        A `Learner`.

    Raises:
        ValueError: the file is damaged, holds no learner, or one of another method.
        FileNotFoundError: there is no such file.
        OSError: it cannot be read.
    """
    path = pathlib.Path(path)
    if not path.exists():
        raise FileNotFoundError(
            describe(
                f"There is no few-shot learner {path}.",
                expected="the .keras file that a learner's save or a run wrote",
                received="no file of that name",
                remedy="Train one: `learned-update few-shot train --run_dir ..`.",
            )
        )
    path.open("rb").close()  # what cannot be read at all remains an `OSError`
    try:
        foreign = foreign_classes(path)
        if foreign:
            raise _no_learner(path, f"a {', '.join(foreign)}")
        learner = keras.saving.load_model(path, compile=False, safe_mode=True)
    except InvalidInputError:
        raise
    except Exception as error:  # a damaged file makes zipfile and Keras raise anything
        said = " ".join(str(error).split())[:_LONGEST_MESSAGE]
        raise _no_learner(path, said or type(error).__name__) from error
    if not isinstance(learner, Learner):
        raise _no_learner(path, f"a {type(learner).__name__}")
    if method is not None and learner.method != method:
        raise invalid(
            f"{path} holds a learner of another method.",
            expected=method,
            received=learner.method,
            remedy="Name its file, or leave the method out.",
        )
    return learner


def _no_learner(path, received):
    return invalid(
        f"{path} holds no few-shot learner that can be loaded.",
        expected="a .keras file written by a learner's save",
        received=received,
        remedy="Copy it again, or train it anew with `learned-update few-shot train`.",
    )
