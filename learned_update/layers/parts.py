"""How layers that are parts of layers are registered and written to a configuration."""

import keras

PACKAGE = "learned_update"  # under which Keras registers the package's layers
# Names of variables of an option begin with it: at their start they change nothing, and
# those of the rule without the option are drawn as they are without it.
NEUTRAL = "neutral"


def serialize_part(layer):
    """The configuration of a part, which its owner builds; None stays None."""
    config = keras.saving.serialize_keras_object(layer)
    if layer is not None:
        config.pop("build_config", None)
    return config


def deserialize_part(config):
    """The part of such a configuration; a layer or None is handed through."""
    if isinstance(config, dict):
        return keras.saving.deserialize_keras_object(config)
    return config
