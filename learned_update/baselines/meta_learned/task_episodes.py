"""Episodes of a task distribution, as the base model sees them."""

import keras
from keras import ops

from learned_update.ops.augmentation import read_examples
from learned_update.ops.input_maps import apply_input_map


class TaskEpisodes:
    """Draws support and query of a new task at a time.

    Args:
        tasks: a `TaskDistribution`, with its input maps and augmentation.
        dtype: of the examples.
    """

    def __init__(self, tasks, dtype="float32"):
        self.tasks = tasks
        self.dtype = dtype
        self._resident = keras.tree.map_structure(
            ops.convert_to_tensor, tasks.resident()
        )

    def draw(self, rng):
        """Examples of one task, class by class.

        Args:
            rng: NumPy generator.

        Returns:
            Support `(ways * shots, inputs)` and query `(ways * queries, inputs)`.
        """
        task = self.tasks.draw_task(rng)
        batch = self.tasks.draw_batch(rng, task, steps=1, batch_size=0)
        rows = ops.concatenate([batch.support, batch.query], axis=-1)  # (1, rows)
        images = read_examples(
            self._resident,
            rows,
            batch.coefficients,
            batch.noise,
            self.tasks.episode.image_shape,
            self.dtype,
        )
        input_map = keras.tree.map_structure(lambda x: x[None], task.input_map)
        images = ops.convert_to_numpy(apply_input_map(images, input_map))[0]
        supports = batch.support.shape[1]
        return images[:supports], images[supports:]
