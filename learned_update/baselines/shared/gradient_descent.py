"""Training of a Keras model whose `call` adds its own loss."""

import keras
import numpy as np

from learned_update.errors import invalid
from learned_update.progress import Progress
from learned_update.randomness import generator

# JAX needs XLA; TensorFlow's graph of an MLP compiles faster without.
_XLA = keras.backend.backend() == "jax"


def compiled(model, learning_rate):
    """The model, ready to `descend` with Adam."""
    model.compile(keras.optimizers.Adam(learning_rate), jit_compile=_XLA)
    return model


def descend(
    model,
    batch_at,
    steps,
    callback=None,
    callback_every=None,
    progress=False,
    description="gradient steps",
):
    """Gradient steps on the losses that the model adds.

    Args:
        model: a `compiled` Keras model.
        batch_at: function of the step, from 0, that returns the model's inputs.
        steps: number of gradient steps.
        callback: called as `callback(step)` after every `callback_every`-th step and
            after the last, with the number of steps done.
        callback_every: steps between two calls; None for the last alone.
        progress: whether to show a bar; None shows it on a terminal.
        description: what the bar calls it.

    Returns:
        Losses before each step, `(steps,)`.

    Raises:
        ValueError: if a loss is not finite.
    """
    losses = np.empty(steps)
    with Progress(steps, description, enabled=progress) as bar:
        for step in range(steps):
            model.reset_metrics()  # Keras 3.12 averages over calls otherwise
            losses[step] = model.train_on_batch(batch_at(step))
            if not np.isfinite(losses[step]):
                raise invalid(
                    f"The loss of {description} is not finite.",
                    expected="a finite number",
                    received=f"{losses[step]} at step {step}",
                    remedy="Lower learning_rate, or scale the inputs to about 1.",
                )
            bar.update(loss=losses[step])
            done = step + 1
            due = callback_every and done % callback_every == 0
            if callback is not None and (due or done == steps):
                callback(done)
    return losses


def batch_rows(rows, batch_size, seed, step):
    """Rows of a random batch, without replacement, as inner steps draw them.

    Args:
        rows: number of rows to draw from.
        batch_size: rows of a batch, at most `rows`.
        seed: of the batches, which are a function of it and the step.
        step: number of the step.

    Returns:
        `(batch_size,)`.
    """
    return generator(seed, step).choice(rows, batch_size, replace=False)


def epoch_means(losses, steps):
    """Mean loss of every epoch of `steps` steps, the last perhaps unfinished."""
    return [float(np.mean(losses[i : i + steps])) for i in range(0, len(losses), steps)]


def count_parameters(model):
    """Numbers that training may change."""
    return int(sum(np.prod(weight.shape) for weight in model.trainable_variables))


def check_settings(steps, batch_size, learning_rate):
    """Raises `ValueError` for settings that make no sense."""
    if steps < 1 or batch_size < 2 or not learning_rate > 0:
        raise invalid(
            "A baseline cannot be trained with these settings.",
            expected="steps >= 1, batch_size >= 2, learning_rate > 0",
            received=f"steps={steps}, batch_size={batch_size}, "
            f"learning_rate={learning_rate}",
            remedy="Leave them out for the defaults.",
        )
