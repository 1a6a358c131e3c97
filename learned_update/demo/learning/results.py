"""What a visitor takes away: features and encoder, as files."""

import importlib.util
import shutil

from learned_update.data.feature_files import writer

FEATURES = ("features.npz", "features.csv")
ENCODERS = ("encoder.keras", "encoder.onnx")
NAMES = FEATURES + ENCODERS


def write_results(encoder, x, dataset, folder):
    """Writes features and encoder in the place of earlier ones.

    Args:
        encoder: fitted `LearnedUpdateEncoder`.
        x: all rows, `(rows, inputs)`.
        dataset: `Dataset` that they come from, for labels and files.
        folder: where the files will be.

    Returns:
        Names of the files, some of `NAMES`: ONNX needs the package `onnx`.

    Raises:
        ValueError: as `LearnedUpdateEncoder.export`.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    features = encoder.transform(x)
    for name in FEATURES:
        writer(name)(folder / name, features, dataset)
    encoders = ENCODERS if importlib.util.find_spec("onnx") else ENCODERS[:1]
    for name in encoders:
        encoder.export(folder / name)
    return FEATURES + encoders
