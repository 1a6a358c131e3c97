"""A learner's `.keras` file, as it is written."""

import pathlib

import keras

from learned_update.errors import invalid
from learned_update.files import atomic_path

SUFFIX = ".keras"


def write_keras(learner, path):
    """Writes configuration and theta, whole or not at all.

    Raises:
        ValueError: the path does not end with `.keras`.
    """
    path = pathlib.Path(path)
    if path.suffix != SUFFIX:
        raise invalid(
            "A learner is saved as a Keras file.",
            expected=f"a path that ends with {SUFFIX}",
            received=str(path),
            remedy=f"Rename it, for example to learner{SUFFIX}.",
        )
    with atomic_path(path) as temporary:
        keras.saving.save_model(learner, temporary)
