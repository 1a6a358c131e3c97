"""A trained base model alone, in the files that people deploy."""

import pathlib

from numpy.typing import ArrayLike

from learned_update.errors import invalid
from learned_update.export.destination import check_destination
from learned_update.export.encoders.folded_encoder import folded_encoder
from learned_update.export.encoders.keras_encoder import write_keras_encoder
from learned_update.export.encoders.onnx_encoder import write_onnx_encoder
from learned_update.export.encoders.saved_encoder import write_saved_encoder
from learned_update.export.encoders.wired_encoder import WiredEncoder
from learned_update.export.encoders.wired_keras import write_wired_keras
from learned_update.export.encoders.wired_onnx import write_wired_onnx
from learned_update.export.encoders.wired_saved_model import write_wired_saved_model
from learned_update.layers.bases.mlp import BaseMLP
from learned_update.layers.bases.outputs import TOP
from learned_update.layers.bases.wired import WiredBase
from learned_update.types import PathLike, Phi, Statistics

_WRITERS = {
    ".keras": write_keras_encoder,
    ".onnx": write_onnx_encoder,
    "": write_saved_encoder,
}
_WIRED_WRITERS = {
    ".keras": write_wired_keras,
    ".onnx": write_wired_onnx,
    "": write_wired_saved_model,
}


def export_encoder(
    base: WiredBase,
    phi: Phi,
    statistics: Statistics,
    path: PathLike,
    input_mean: ArrayLike | None = None,
    input_scale: ArrayLike | None = None,
    overwrite: bool = False,
    output: str = TOP,
) -> None:
    """Writes x -> `base.embed(phi, x, statistics)` to a file without this package.

    Normalisations are folded into kernels and biases, so what is written is a plain
    chain of affine maps and activations, for batches of any size, equal to `embed` up
    to round-off. Where there is an input_mean, a subtraction comes first. Inputs are
    rows, also of images, in the dtype of phi: what that does not tell apart is lost
    before. The suffix says which file:

    * `.keras`: a Keras model of Dense layers, or of Keras' own convolutions, poolings
      and products; loads with Keras alone.
    * `.onnx`: a graph of Gemm and activation nodes, or of Conv, AveragePool, MatMul
      and Softmax, opset 20, from `x` to `features`.
    * none: a SavedModel folder; `tf.saved_model.load(path).embed(x)`, or its signature
      `serving_default` from `x` to `features`.

    Args:
        base: base model; its activation is one of Keras' own, or `"step"`.
        phi: trained `Phi`.
        statistics: `Statistics` to normalise with, from `base.statistics(phi, x)`.
        path: file or folder to write.
        input_mean: subtracted from the inputs first, `(inputs,)` or a number.
        input_scale: then divides them, `(inputs,)` or a number.
        overwrite: whether what is there already is replaced.
        output: what is given out: `"top"`, the embedding; `"all"`, every layer side by
            side, bottom to top; `"with_input"`, the embedding, then the inputs less
            their mean, divided by their scale.

    Raises:
        ValueError: the suffix is another one, something is at the path, the
            activation has no place in such a file, the arguments do not fit together
            or leave the range of the dtype of phi, or a package that writes the file
            is missing.
        OSError: the path cannot be written.
    """
    path = pathlib.Path(path)
    if path.suffix not in _WRITERS:
        raise invalid(
            "The suffix says how an encoder is written.",
            expected=".keras, .onnx, or none for a SavedModel folder",
            received=str(path),
            remedy="Rename it, for example to encoder.keras.",
        )
    check_destination(path, overwrite)
    folded = folded_encoder(base, phi, statistics, input_mean, input_scale, output)
    if isinstance(base, BaseMLP):
        _WRITERS[path.suffix](folded, base, path)
    else:
        _WIRED_WRITERS[path.suffix](WiredEncoder(base, folded), path)
