"""How the features of an encoder are called."""

import numpy as np

from learned_update.layers.bases.outputs import ALL, WITH_INPUT


def feature_names(prefix, base, inputs, output):
    """Names of the features, an array of strings.

    Args:
        prefix: of all names but those of inputs.
        base: base model.
        inputs: names of the inputs.
        output: one of `OUTPUTS`.
    """
    if output == ALL:
        names = [
            f"{prefix}_layer{layer}_{unit}"
            for layer, units in enumerate(base.layer_units)
            for unit in range(units)
        ]
    else:
        names = [f"{prefix}{unit}" for unit in range(base.embedding_units)]
    beside = inputs if output == WITH_INPUT else ()
    return np.asarray([*names, *beside], dtype=object)
