"""Learned inner rates that differ by the place of a layer, with time, and a leak."""

import keras
from keras import ops

from learned_update.layers.inner_learning_rate import (
    LearnedRate,
    Rates,
    RatesAndLeaks,
)
from learned_update.layers.parts import NEUTRAL, PACKAGE


@keras.saving.register_keras_serializable(PACKAGE)
class RateMap(LearnedRate):
    """rate = maximum sigmoid(logit + A [first, last, tau]), and a leak like it.

    first and last are 1 at the first and the last layer (of one layer, both), else 0;
    tau are the functions of time. A starts at zero: a `LearnedRate`. The leak of
    phi <- (1 - leak) phi - rate change is the rate, or has a logit of its own, that of
    the rate plus B [1, first, last, tau], B from zero.

    Args:
        initial: rate at the initial theta.
        maximum: bound of rate and leak, in (0, 1].
        by_place: whether first and last layer differ from those between.
        own_leak: whether the leak differs from the rate.
    """

    def __init__(
        self, initial=0.1, maximum=0.5, by_place=True, own_leak=False, **kwargs
    ):
        super().__init__(initial, maximum, **kwargs)
        self.by_place = by_place
        self.own_leak = own_leak

    def build(self, functions=0):
        """Makes theta's part of it, for so many functions of time."""
        super().build()
        self.functions = functions
        inputs = 2 * self.by_place + functions
        self.rate_map = self._map("rate", inputs)
        self.leak_map = self._map("leak", 1 + inputs) if self.own_leak else None

    def _map(self, name, inputs):
        return self.add_weight(
            (inputs, 2), initializer="zeros", name=f"{NEUTRAL}_{name}_map"
        )

    def rates(self):
        """The `Rates` of a layer between others before the first step."""
        return self._of(self._seen(1, 3, ops.zeros((self.functions,))))

    def of_layers(self, count, time=None):
        """`Rates` of every layer, bottom to top; see `InnerRate.of_layers`."""
        return tuple(self._of(self._seen(x, count, time)) for x in range(count))

    def _seen(self, layer, count, time):
        """`[1, first, last, tau]`, `(1 + inputs, 1)`, as far as they are there."""
        place = (layer == 0, layer == count - 1) if self.by_place else ()
        known = ops.convert_to_tensor([1.0, *map(float, place)], self.variable_dtype)
        if self.functions:
            known = ops.concatenate([known, ops.cast(time, known.dtype)])
        return ops.expand_dims(known, 1)

    def _of(self, seen):
        logits = self.logits + ops.sum(seen[1:] * self.rate_map, axis=0)
        rates = self.maximum * ops.sigmoid(logits)
        if not self.own_leak:
            return Rates(rates[0], rates[1])
        logits = logits + ops.sum(seen * self.leak_map, axis=0)
        leaks = self.maximum * ops.sigmoid(logits)
        return RatesAndLeaks(rates[0], rates[1], leaks[0], leaks[1])

    def get_config(self):
        return {
            **super().get_config(),
            "by_place": self.by_place,
            "own_leak": self.own_leak,
        }
