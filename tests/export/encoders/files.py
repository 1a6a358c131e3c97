"""What runs the files that encoders are written to."""

import keras
import pytest

from learned_update import export

ON_TENSORFLOW = keras.backend.backend() == "tensorflow"


def run_keras(path, x):
    return keras.ops.convert_to_numpy(keras.saving.load_model(path)(x))


def run_onnx(path, x):
    """By onnx' own evaluator, which is written in NumPy."""
    reference = pytest.importorskip("onnx.reference", reason="onnx is not installed")
    return reference.ReferenceEvaluator(str(path)).run(None, {"x": x})[0]


def run_onnx_runtime(path, x):
    runtime = pytest.importorskip("onnxruntime", reason="it is not installed")
    return runtime.InferenceSession(str(path)).run(["features"], {"x": x})[0]


def run_saved_model(path, x):
    import tensorflow as tf

    signature = tf.saved_model.load(str(path)).signatures["serving_default"]
    return signature(x=tf.constant(x))["features"].numpy()


def export_or_skip(path, *arguments, **options):
    if path.suffix == ".onnx":
        pytest.importorskip("onnx", reason="onnx is not installed")
    if not path.suffix and not ON_TENSORFLOW:
        pytest.skip("SavedModels are written by TensorFlow")
    export.export_encoder(*arguments, path, **options)


every_file = pytest.mark.parametrize(
    ("name", "run"),
    [
        ("encoder.keras", run_keras),
        ("encoder.onnx", run_onnx),
        ("encoder.onnx", run_onnx_runtime),
        ("encoder", run_saved_model),
    ],
    ids=["keras", "onnx", "onnxruntime", "saved_model"],
)
