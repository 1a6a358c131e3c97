"""A rule that sees time: how many inner steps phi has behind it."""

import keras

from learned_update.errors import invalid
from learned_update.layers.parts import PACKAGE
from learned_update.ops.stepping.inner_time import time_functions

STEP = "inner_step"  # in phi's state: steps done, the same number on every layer


@keras.saving.register_keras_serializable(PACKAGE)
class Clock(keras.layers.Layer):
    """Counts the inner steps in phi's state and shows the rule functions of them.

    The count begins, is carried on, saved and reset with phi.

    Args:
        functions: K, how many functions of the step the rule sees.
        horizon: inner step from which they stay as they are; best that of the longest
            unroll of meta-training or less.

    Raises:
        ValueError: one of them is below 1.
    """

    state = ((STEP, "", 0.0),)

    def __init__(self, functions=4, horizon=1000, **kwargs):
        super().__init__(autocast=False, **kwargs)
        for name, number in (("functions", functions), ("horizon", horizon)):
            if number < 1:
                raise invalid(
                    "A clock needs functions and a horizon.",
                    expected=f"{name} >= 1",
                    received=f"{name}={number}",
                    remedy="Give the rule no clock (time_functions = 0), or raise it.",
                )
        self.functions = functions
        self.horizon = horizon

    def build(self, input_shape=None):
        del input_shape

    def time(self, state):
        """The functions now, `(functions,)`, of a layer's state."""
        return time_functions(state[STEP], self.functions, self.horizon)

    def after(self, state):
        """What of a layer's state is another after the step."""
        return {STEP: state[STEP] + 1.0}

    def get_config(self):
        return {
            **super().get_config(),
            "functions": self.functions,
            "horizon": self.horizon,
        }
