"""An encoder as a SavedModel."""

from learned_update.export.module_folder import check_backend, write_module


def write_saved_encoder(folded, base, path):
    """Writes an encoder as a SavedModel folder, all or nothing.

    Args:
        folded: `FoldedEncoder`.
        base: `BaseMLP`, with any function of a tensor for an activation.
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
    module.scaling = None
    if folded.centre is not None and folded.factor is not None:
        module.scaling = (tf.Variable(folded.factor), tf.Variable(folded.rest))

    def embed(x):
        if module.centre is not None:
            x = x - module.centre
        centred, levels = x, []
        for kernel, bias in module.layers:
            x = base.activation(tf.matmul(x, kernel) + bias)
            levels.append(x)

        def standardised():
            if module.scaling is None:
                return centred
            factor, rest = module.scaling
            return centred * factor - rest

        return tf.concat(folded.given_out(levels, standardised), axis=-1)

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
        {"encoder": {"inputs": inputs, "units": units, "output": folded.output}},
    )
