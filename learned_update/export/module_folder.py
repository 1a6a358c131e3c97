"""A `tf.Module` on disk: a SavedModel with a description beside it."""

import json
import pathlib

import keras

from learned_update.errors import describe, invalid
from learned_update.export.destination import atomic_folder
from learned_update.files import check_utf8_path
from learned_update.version import __version__

# TensorFlow keeps hands off this folder of a SavedModel
DESCRIPTION = pathlib.Path("assets.extra", "learned_update.json")


def check_backend():
    """Raises `ValueError` unless Keras runs on TensorFlow, which writes SavedModels."""
    if keras.backend.backend() != "tensorflow":
        raise invalid(
            "A SavedModel is a TensorFlow graph.",
            expected="Keras on TensorFlow",
            received=f"KERAS_BACKEND={keras.backend.backend()}",
            remedy="Set KERAS_BACKEND=tensorflow before Python starts; rules and phi "
            "are the same on every backend.",
        )


def write_module(module, signatures, path, description):
    """Writes a module as a SavedModel, all or nothing.

    Args:
        module: `tf.Module`.
        signatures: mapping from names to `tf.function`s.
        path: folder to write; what is there already is replaced.
        description: what `assets.extra/learned_update.json` says, besides the version
            of this package.

    Raises:
        OSError: the path cannot be written.
        ValueError: its name is not UTF-8.
    """
    import tensorflow as tf

    check_utf8_path(path, "Rename the folder, or export a .keras or .onnx file.")

    with atomic_folder(path) as folder:
        try:
            tf.saved_model.save(module, str(folder), signatures)
        except tf.errors.OpError as error:
            raise OSError(
                describe(
                    f"The SavedModel {path} cannot be written.",
                    expected="a folder that can be written, on a disk with room",
                    received=error.message,
                    remedy="Name another path.",
                )
            ) from error
        file = folder / DESCRIPTION
        file.parent.mkdir()
        text = json.dumps({"learned_update": __version__, **description}, indent=2)
        file.write_text(text + "\n", encoding="utf-8")
