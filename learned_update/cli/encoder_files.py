"""Files of trained encoders."""

import pathlib
import pickle

from learned_update.cli.outputs import check_file_output, check_output
from learned_update.errors import invalid
from learned_update.files import atomic_path

_ENCODERS = ("", ".pkl", ".keras", ".onnx")


def check_encoder(path, force):
    """Refuses a path that no encoder can be written to, before there is one.

    Raises:
        ValueError: the suffix stands for no format, or as `check_output`.
        OSError: as `check_output`.
    """
    suffix = pathlib.Path(path).suffix
    if suffix not in _ENCODERS:
        raise invalid(
            "An encoder is not written in this format.",
            expected=f"a path that ends with {', '.join(_ENCODERS[1:])}, or a folder",
            received=f"--encoder {path}",
            remedy="Rename it, for example to encoder.onnx.",
        )
    if suffix:
        check_file_output(path, force)
    else:
        check_output(path, force)


def keep_encoder(encoder, path, force):
    """Writes the fitted encoder in the format of the suffix."""
    if pathlib.Path(path).suffix != ".pkl":
        encoder.export(path, overwrite=force)
        return
    with atomic_path(path) as temporary:
        temporary.write_bytes(pickle.dumps(encoder))
