"""An encoder as a plain Keras model."""

import keras

from learned_update.errors import invalid
from learned_update.files import atomic_path
from learned_update.layers.bases.wired import step


def keras_encoder(folded, activation):
    """A functional Keras model of Dense layers, after a Rescaling that centres.

    Where more than the last layer is given out, a Concatenate follows.

    Args:
        folded: `FoldedEncoder`.
        activation: one of Keras' own, or `step`, which becomes sign(relu(x)).

    Returns:
        A `keras.Model`, `(batch, inputs)` to `(batch, features)`.

    Raises:
        ValueError: Keras alone does not know the activation.
    """
    is_step = activation is step
    name = "relu" if is_step else own_name(activation)
    kernel = folded.layers[0].kernel
    dtype = str(kernel.dtype)
    inputs = x = keras.Input((len(kernel),), dtype=dtype, name="x")
    if folded.centre is not None:
        x = keras.layers.Rescaling(1.0, -folded.centre, dtype=dtype, name="centre")(x)
    centred, levels = x, []
    for level, layer in enumerate(folded.layers):
        dense = keras.layers.Dense(
            len(layer.bias), activation=name, dtype=dtype, name=f"layer_{level}"
        )
        x = dense(x)
        dense.set_weights(layer)
        if is_step:
            x = keras.ops.sign(x)
        levels.append(x)

    def standardised():
        if folded.centre is None:
            return inputs
        scaling = keras.layers.Rescaling(folded.factor, -folded.rest, dtype=dtype)
        return scaling(centred)

    parts = folded.given_out(levels, standardised)
    if len(parts) > 1:
        x = keras.layers.Concatenate(dtype=dtype, name="features")(parts)
    return keras.Model(inputs, x, name="encoder")


def write_keras_encoder(folded, base, path):
    """Writes `keras_encoder` to a `.keras` file, all or nothing."""
    model = keras_encoder(folded, base.activation)
    with atomic_path(path) as temporary:
        model.save(temporary)


def own_name(activation):
    """The name under which Keras finds an activation of its own.

    Raises:
        ValueError: Keras has no such activation.
    """
    name = getattr(activation, "__name__", "")
    if getattr(keras.activations, name, None) is not activation:
        raise invalid(
            "The encoder's activation is none that Keras alone knows.",
            expected="an activation of keras.activations, or 'step'",
            received=f"{activation}",
            remedy="Use base.embed, or embed_frozen of export_saved_model.",
        )
    return name
