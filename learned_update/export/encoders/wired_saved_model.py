"""An encoder with positions as a SavedModel: the base model's own graph."""

from keras import ops

from learned_update.export.module_folder import check_backend, write_module
from learned_update.layers.bases.outputs import output_features
from learned_update.types import LayerParams, Phi, Statistics


def write_wired_saved_model(encoder, path):
    """Writes a `WiredEncoder` as a SavedModel folder, all or nothing.

    Args:
        encoder: `WiredEncoder`.
        path: folder to write.

    Raises:
        ValueError: Keras does not run on TensorFlow.
        OSError: the path cannot be written.
    """
    check_backend()
    import tensorflow as tf

    base, folded = encoder
    plain = _unnormalised(base)
    module = tf.Module(name="encoder")
    module.layers = [tuple(map(tf.Variable, layer)) for layer in folded.layers]
    standard = (folded.centre, folded.factor, folded.rest)
    module.standard = None
    if folded.centre is not None:
        module.standard = tuple(map(tf.Variable, standard))

    def embed(x):
        if module.standard is not None:
            centre, factor, rest = module.standard
            x = (x - centre) * factor - rest
        layers = [
            (ops.convert_to_tensor(k), ops.convert_to_tensor(b))
            for k, b in module.layers
        ]
        phi = Phi(tuple(LayerParams(kernel, bias, kernel) for kernel, bias in layers))
        biases = [bias for _, bias in layers]
        statistics = Statistics(
            means=tuple(map(tf.zeros_like, biases)),
            variances=tuple(map(tf.ones_like, biases)),
        )
        return output_features(plain, phi, x, statistics, folded.output)

    kernel = folded.layers[0].kernel
    inputs = base.inputs(len(kernel))
    x = tf.TensorSpec([None, inputs], kernel.dtype, name="x")
    module.embed = tf.function(embed, input_signature=[x], autograph=False)
    signature = tf.function(
        lambda x: {"features": module.embed(x)}, input_signature=[x], autograph=False
    )
    write_module(
        module,
        {"serving_default": signature},
        path,
        {
            "encoder": {
                "inputs": inputs,
                "units": list(base.units),
                "output": folded.output,
            }
        },
    )


def _unnormalised(base):
    """The base model as an affine map of what is folded: variances of 1, unscaled."""
    config = {**base.get_config(), "epsilon": 0.0, "fan_in_scaling": False}
    return type(base).from_config(config)
