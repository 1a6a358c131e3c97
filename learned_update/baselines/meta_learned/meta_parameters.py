"""What an outer loop moves: a tree of arrays under Adam, with a clipped gradient."""

import keras
import numpy as np
from keras import ops

from learned_update import backend

CLIP_NORM = 1.0  # of the meta-gradient; unrolls have rare large ones


class MetaParameters:
    """What Adam moves in the outer loop; `descend` takes it for a model.

    Args:
        values: tree of float32 arrays to start from.
        meta_loss: `(values, *batch) -> scalar`; compiled once per shape of a batch.
        learning_rate: of Adam.
    """

    def __init__(self, values, meta_loss, learning_rate):
        flat = keras.tree.flatten(values)
        self._like = values
        self._shapes = [array.shape for array in flat]
        self._ends = np.cumsum([array.size for array in flat])
        # One vector: Adam takes as long for one variable as for a large one.
        self._vector = keras.Variable(np.concatenate([array.ravel() for array in flat]))
        self.trainable_variables = [self._vector]
        self._optimizer = keras.optimizers.Adam(learning_rate)
        self._optimizer.build(self.trainable_variables)

        def loss(vector, batch):
            return meta_loss(self._tree(vector), *batch), ()

        def clipped(vector, batch):
            (loss_value, _), gradient = backend.value_and_grad(loss)(vector, batch)
            norm = ops.sqrt(ops.sum(ops.square(gradient)))
            return loss_value, gradient * (CLIP_NORM / ops.maximum(norm, CLIP_NORM))

        # XLA on JAX alone, as for the other baselines.
        self._gradient = backend.jit(clipped, xla=False)

    def values(self):
        """The tree of arrays as it is now."""
        return keras.tree.map_structure(
            ops.convert_to_numpy, self._tree(ops.convert_to_tensor(self._vector))
        )

    def train_on_batch(self, batch):
        """One outer step; returns the meta-loss before it."""
        batch = keras.tree.map_structure(ops.convert_to_tensor, tuple(batch))
        loss, gradient = self._gradient(ops.convert_to_tensor(self._vector), batch)
        backend.apply_gradients(self._optimizer, [gradient], self.trainable_variables)
        return float(loss)

    def reset_metrics(self):
        """Does nothing: `train_on_batch` averages over no other steps."""

    def _tree(self, vector):
        """The vector's numbers as the tree that they came from."""
        starts = [0, *self._ends[:-1]]
        parts = [
            ops.reshape(vector[start:end], shape)
            for start, end, shape in zip(starts, self._ends, self._shapes, strict=True)
        ]
        return keras.tree.pack_sequence_as(self._like, parts)
