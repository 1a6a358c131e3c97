"""The mean of theta over late outer steps, which is what a run then gives."""

from typing import NamedTuple

import gin
import keras
import numpy as np
from keras import ops

from learned_update.errors import invalid


class ThetaAverage(NamedTuple):
    """Which outer steps are averaged over, and how.

    Attributes:
        begin: outer steps done before the first one that counts.
        decay: of an exponential mean; None for a uniform one.
    """

    begin: int
    decay: float | None = None


@gin.configurable(module="learned_update")
def theta_average(outer_steps=gin.REQUIRED, share=0.25, decay=None):
    """A `ThetaAverage` over the last part of a run, from gin.

    Args:
        outer_steps: of the whole run.
        share: of them that are averaged over, the last; above 0, at most 1.
        decay: of an exponential mean, above 0 and below 1, such as 0.99; None for a
            uniform one.

    Raises:
        ValueError: a number is out of its range.
    """
    if not 0 < share <= 1 or not (decay is None or 0 < decay < 1):
        raise invalid(
            "Theta cannot be averaged like this.",
            expected="theta_average.share above 0, at most 1; decay above 0 and below "
            "1, or None",
            received=f"share={share!r}, decay={decay!r}",
            remedy="The last quarter, share = 0.25, is a good beginning.",
        )
    counted = max(1, round(share * outer_steps))
    return ThetaAverage(outer_steps - counted, decay)


def average_step(average, values, theta):
    """The running mean after an outer step: m <- m + max(1 / n, 1 - decay) (theta - m).

    n is 1 at the first outer step that counts; until then the mean is theta itself.

    Args:
        average: `ThetaAverage`.
        values: outer steps done and the means, tensors as `average_variables` has.
        theta: values of theta after the outer step.

    Returns:
        A list like `values`.
    """
    done, means = values[0] + 1, values[1:]
    counted = ops.cast(ops.maximum(done - average.begin, 1), theta[0].dtype)
    weight = 1.0 / counted
    if average.decay is not None:
        weight = ops.maximum(weight, 1.0 - average.decay)
    return [
        done,
        *(m + weight * (new - m) for m, new in zip(means, theta, strict=True)),
    ]


def average_variables(average, theta):
    """Keras variables of a running mean: outer steps done, then one like each of theta.

    Args:
        average: `ThetaAverage`; None for no variables.
        theta: variables of the rule.
    """
    if average is None:
        return []
    done = keras.Variable(0, dtype="int32", trainable=False, name="outer_steps")
    return [
        done,
        *(
            keras.Variable(
                np.array(ops.convert_to_numpy(each)), dtype=each.dtype, trainable=False
            )
            for each in theta
        ),
    ]
