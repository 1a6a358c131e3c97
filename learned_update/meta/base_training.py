"""Training of a base model with a rule: many inner steps on unlabelled data."""

import numpy as np
from keras import ops

from learned_update import backend
from learned_update.checks import check_inputs, check_variance
from learned_update.errors import invalid
from learned_update.meta.unroll import unroll
from learned_update.progress import Progress
from learned_update.randomness import generator

STEPS_PER_CALL = 50  # inner steps in one compiled call; bounds latency and memory


def train_base_model(
    rule,
    base,
    phi,
    data,
    steps,
    batch_size=128,
    seed=0,
    callback=None,
    callback_every=None,
    progress=None,
):
    """Applies the rule to random batches of unlabelled data; compiled.

    Args:
        rule: `UpdateRule`.
        base: `BaseMLP`.
        phi: `Phi` to start from.
        data: unlabelled examples, `(examples, inputs)`.
        steps: number of inner steps.
        batch_size: examples of an inner step, drawn without replacement.
        seed: of the batches, which are a function of it and the step alone.
        callback: called as `callback(step, phi)` after every `callback_every`-th step
            and after the last.
        callback_every: steps between two calls; None calls it after the last only.
        progress: whether to show a bar; None shows it on a terminal.

    Returns:
        `Phi` after the last step. Ctrl-C raises `KeyboardInterrupt` after the
        compiled call under way; use `callback` to keep what came before.

    Raises:
        ValueError: the data do not fit phi, hold NaN, do not vary, or have fewer rows
            than a batch.
    """
    data = np.asarray(data, dtype=ops.dtype(phi.layers[0].kernel))
    check_inputs(data, phi, minimum_rows=2)
    check_variance(data)
    if not 2 <= batch_size <= len(data):
        raise invalid(
            "An inner batch cannot be drawn from the data.",
            expected=f"2 <= batch_size <= {len(data)}, the number of rows",
            received=f"batch_size={batch_size}",
            remedy="Lower batch_size or pass more rows.",
        )
    run = backend.jit(lambda theta, phi, xs: unroll(rule, base, phi, xs, theta=theta))
    theta = [ops.convert_to_tensor(v) for v in rule.trainable_variables]
    with Progress(steps, "inner steps", enabled=progress) as bar:
        for start, stop in _calls(steps, callback_every):
            rows = [_batch(seed, t, len(data), batch_size) for t in range(start, stop)]
            phi = run(theta, phi, ops.convert_to_tensor(data[np.stack(rows)]))
            bar.update(stop - start)
            due = callback_every and stop % callback_every == 0
            if callback is not None and (due or stop == steps):
                callback(stop, phi)
    return phi


def _batch(seed, step, examples, batch_size):
    return generator(seed, step).choice(examples, batch_size, replace=False)


def _calls(steps, callback_every):
    """Ranges of steps that end where a callback is due."""
    start = 0
    while start < steps:
        stop = min(start + STEPS_PER_CALL, steps)
        if callback_every:
            stop = min(stop, start + callback_every - start % callback_every)
        yield start, stop
        start = stop
