"""An encoder as a SavedModel."""

from learned_update.export.module_folder import check_backend, write_module


def write_saved_encoder(folded, activation, path):
    """Writes an encoder as a SavedModel folder, all or nothing.

    Args:
        folded: `FoldedEncoder`.
        activation: any function of a tensor.
        path: folder to write.

    Raises:
        ValueError: Keras does not run on TensorFlow.
        OSError: the path cannot be written.
    """
    check_backend()
    import tensorflow as tf

    module = tf.Module(name="encoder")
    layers = folded.layers
    module.layers = [tuple(map(tf.Variable, layer)) for layer in layers]
    module.centre = None if folded.centre is None else tf.Variable(folded.centre)

    def embed(x):
        if module.centre is not None:
            x = x - module.centre
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
