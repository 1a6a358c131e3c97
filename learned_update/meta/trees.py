"""Trees of several tasks, stacked along a leading axis and taken apart again."""

import keras
import numpy as np
from keras import ops


def stack(trees):
    """One tree of tensors with a new leading axis, of trees of arrays."""
    return keras.tree.map_structure(
        lambda *leaves: ops.convert_to_tensor(
            np.stack([np.asarray(leaf) for leaf in leaves])
        ),
        *trees,
    )


def unstack(tree, count):
    """Trees of tensors, one per entry of the leading axis."""
    tree = keras.tree.map_structure(ops.convert_to_numpy, tree)
    return [
        keras.tree.map_structure(
            lambda leaf, entry=entry: ops.convert_to_tensor(leaf[entry]), tree
        )
        for entry in range(count)
    ]
