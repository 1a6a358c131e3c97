"""An encoder as a SavedModel."""

from learned_update.export.module_folder import check_backend, write_module


def write_saved_encoder(layers, activation, path):
    """Writes an encoder as a SavedModel folder, all or nothing.

    Args:
        layers: `FoldedLayer`s, bottom to top.
        activation: any function of a tensor.
        path: folder to write.

    Raises:
        ValueError: Keras does not run on TensorFlow.
        OSError: the path cannot be written.
    """
    check_backend()
    import tensorflow as tf

    module = tf.Module(name="encoder")
    module.layers = [tuple(map(tf.Variable, layer)) for layer in layers]

    def embed(x):
        for kernel, bias in module.layers:
            x = activation(tf.matmul(x, kernel) + bias)
        return x

    inputs = len(layers[0].kernel)
    x = tf.TensorSpec([None, inputs], layers[0].kernel.dtype, name="x")
    module.embed = tf.function(embed, input_signature=[x], autograph=False)
    signature = tf.function(
        lambda x: {"features": module.embed(x)}, input_signature=[x], autograph=False
    )
    units = [len(layer.bias) for layer in layers]
    write_module(
        module,
        {"serving_default": signature},
        path,
        {"encoder": {"inputs": inputs, "units": units}},
    )
