"""The optimizer of theta."""

import gin
import keras

# Float32 holds these exactly, so that Adam, which rounds them to it, is the same to the
# last digits on every backend also in float64.
BETA_1 = 29 / 32
BETA_2 = 127 / 128


@gin.configurable(module="learned_update")
def adam(
    outer_steps=gin.REQUIRED,
    learning_rate=3e-3,
    warmup_steps=20,
    final_share=0.03,
    beta_1=BETA_1,
    beta_2=BETA_2,
):
    """Adam with a linear warm-up and a cosine decay.

    Args:
        outer_steps: at which the decay ends.
        learning_rate: at the end of the warm-up.
        warmup_steps: outer steps of the warm-up, from 0.
        final_share: share of the learning rate that is left at the end.
        beta_1: decay of the mean gradient.
        beta_2: decay of the mean squared gradient.

    Returns:
        A Keras optimizer.
    """
    schedule = keras.optimizers.schedules.CosineDecay(
        initial_learning_rate=0.0,
        warmup_target=learning_rate,
        warmup_steps=warmup_steps,
        decay_steps=max(outer_steps - warmup_steps, 1),
        alpha=final_share,
    )
    return keras.optimizers.Adam(schedule, beta_1=beta_1, beta_2=beta_2)
