"""How far an inner step goes: a constant, or part of theta and bounded."""

from typing import Any, NamedTuple

import keras
import numpy as np
from keras import ops

from learned_update.errors import invalid
from learned_update.layers.parts import PACKAGE


class Rates(NamedTuple):
    """Inner learning rates.

    Attributes:
        kernel: of kernels and feedback kernels.
        bias: of biases.
    """

    kernel: Any
    bias: Any

    @property
    def kernel_leak(self):
        """How much of a kernel a step leaves behind."""
        return self.kernel

    @property
    def bias_leak(self):
        """How much of a bias a step leaves behind."""
        return self.bias


class RatesAndLeaks(NamedTuple):
    """Inner learning rates, and leaks that differ from them.

    Attributes:
        kernel: rate of kernels and feedback kernels.
        bias: rate of biases.
        kernel_leak: how much of a kernel a step leaves behind.
        bias_leak: the same of a bias.
    """

    kernel: Any
    bias: Any
    kernel_leak: Any
    bias_leak: Any


class InnerRate(keras.layers.Layer):
    """What every inner learning rate is: a layer that has `rates() -> Rates`."""

    def rates(self):
        """The `Rates` now."""
        raise NotImplementedError

    def of_layers(self, count, time=None):
        """`Rates` of every layer, bottom to top, a tuple.

        Args:
            count: number of layers.
            time: functions of the inner step, `(functions,)`; None without a clock.
        """
        del time
        return (self.rates(),) * count


@keras.saving.register_keras_serializable(PACKAGE)
class FixedRate(InnerRate):
    """One constant for everything (released_rule, section 7).

    Args:
        rate: the inner learning rate, in (0, 1].
    """

    def __init__(self, rate=1e-4, **kwargs):
        super().__init__(autocast=False, **kwargs)
        _check_rate("rate", rate, 1.0)
        self.rate = float(rate)

    def build(self, input_shape=None):
        del input_shape

    def rates(self):
        """The `Rates` now."""
        return Rates(self.rate, self.rate)

    def get_config(self):
        return {**super().get_config(), "rate": self.rate}


@keras.saving.register_keras_serializable(PACKAGE)
class LearnedRate(InnerRate):
    """rate = maximum sigmoid(logit), one logit for kernels and one for biases.

    Restricting the inner step is what the paper found crucial for stability; the
    sigmoid bounds it without ever cutting off the gradient.

    Args:
        initial: rate at the initial theta.
        maximum: bound of the rate, in (0, 1].
    """

    def __init__(self, initial=0.1, maximum=0.5, **kwargs):
        super().__init__(autocast=False, **kwargs)
        _check_rate("maximum", maximum, 1.0)
        _check_rate("initial", initial, 0.99 * maximum)
        self.initial = float(initial)
        self.maximum = float(maximum)

    def build(self, input_shape=None):
        del input_shape
        share = self.initial / self.maximum
        self.logits = self.add_weight(
            (2,),
            initializer=keras.initializers.Constant(np.log(share / (1.0 - share))),
            name="logits",
        )

    def rates(self):
        """The `Rates` now."""
        rates = self.maximum * ops.sigmoid(self.logits)
        return Rates(rates[0], rates[1])

    def get_config(self):
        return {
            **super().get_config(),
            "initial": self.initial,
            "maximum": self.maximum,
        }


def _check_rate(name, rate, maximum):
    if not 0.0 < rate <= maximum:
        raise invalid(
            "An inner learning rate must be positive and bounded.",
            expected=f"0 < {name} <= {maximum}",
            received=f"{name}={rate}",
            remedy="The released form uses 1e-4, the neuron-local one about 0.1.",
        )
