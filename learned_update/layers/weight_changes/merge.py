"""How the terms of a weight change become one change (released_rule, section 6)."""

import keras
import numpy as np
from keras import ops

from learned_update import backend
from learned_update.layers.parts import NEUTRAL, PACKAGE
from learned_update.ops.normalisation import bounded_by_rms


@keras.saving.register_keras_serializable(PACKAGE)
class ReleasedMerge(keras.layers.Layer):
    """Mean of weighted bounded terms, made harmless to |w|, bounded, minus w decay.

    1. g = (sum_k a_k bounded(term_k) + a_0) / n
    2. g <- g - w relu(mean(g w))
    3. g <- bounded(g / sqrt(n))
    4. change = g - w decay

    Args:
        initial_coefficient: of every term (0.1 as the authors).
        epsilon: below which a column of a term is left small.
        decay: 1/7 as the authors.
    """

    def __init__(self, initial_coefficient=0.1, epsilon=1.0, decay=1.0 / 7.0, **kwargs):
        super().__init__(autocast=False, **kwargs)
        self.initial_coefficient = initial_coefficient
        self.epsilon = epsilon
        self.decay = decay

    def build(self, names):
        self.coefficients = self.add_weight(
            (len(names), 1),
            initializer=keras.initializers.Constant(self.initial_coefficient),
            name="coefficients",
        )
        self.constant = self.add_weight((1,), initializer="zeros", name="constant")

    def normalise(self, term):
        """A term as it is weighted."""
        return bounded_by_rms(term, self.epsilon)

    def weighting(self, time=None):
        """What the terms are weighted with, `(terms,)`; time is not seen."""
        del time
        return self.coefficients[:, 0]

    def call(self, terms, w, time=None):
        """The change of a kernel.

        Args:
            terms: normalised terms in the order of the coefficients, `(in, out)` each.
            w: normalised kernel, `(in, out)`.
            time: functions of the inner step, `(functions,)`; None without a clock.

        Returns:
            `(in, out)`.
        """
        count = len(terms)
        g = weighted_sum(self.weighting(time), terms) + self.constant
        g = g / count
        g = g - w * ops.relu(backend.mean(g * w))
        g = bounded_by_rms(g / count**0.5, self.epsilon)
        return g - w * self.decay

    def get_config(self):
        return {
            **super().get_config(),
            "initial_coefficient": self.initial_coefficient,
            "epsilon": self.epsilon,
            "decay": self.decay,
        }


@keras.saving.register_keras_serializable(PACKAGE)
class LeakyMerge(keras.layers.Layer):
    """change = -g, g the weighted sum of column-normalised terms, itself normalised.

    With the step phi <- (1 - lr) phi - lr change the kernel leaks towards g, which is
    bounded: no run of this form collapses (neuron_local).

    Args:
        initial_coefficients: of some terms by name; the others start at 0, so that
            the initial theta is a sensible hand-made rule.
        term_epsilon: added to a column's mean square in a term.
        sum_epsilon: the same in the sum.
        functions: of time, that coefficients depend on linearly, from zero; 0 for
            coefficients that are constant.
    """

    def __init__(
        self,
        initial_coefficients=None,
        term_epsilon=0.01,
        sum_epsilon=0.1,
        functions=0,
        **kwargs,
    ):
        super().__init__(autocast=False, **kwargs)
        if initial_coefficients is None:
            initial_coefficients = {"hebb_positive": 1.0, "decorr_off_diagonal": -1.0}
        self.initial_coefficients = dict(initial_coefficients)
        self.term_epsilon = term_epsilon
        self.sum_epsilon = sum_epsilon
        self.functions = functions

    def build(self, names):
        start = [[self.initial_coefficients.get(name, 0.0)] for name in names]
        self.coefficients = self.add_weight(
            (len(names), 1), initializer="zeros", name="coefficients"
        )
        self.coefficients.assign(np.asarray(start))
        if self.functions:
            self.over_time = self.add_weight(
                (self.functions, len(names)),
                initializer="zeros",
                name=f"{NEUTRAL}_coefficients_over_time",
            )

    def normalise(self, term):
        """A term as it is weighted."""
        return bounded_by_rms(term, self.term_epsilon)

    def weighting(self, time=None):
        """What the terms are weighted with at a time, `(terms,)`."""
        weights = self.coefficients[:, 0]
        if not self.functions:
            return weights
        return weights + ops.sum(ops.expand_dims(time, 1) * self.over_time, axis=0)

    def call(self, terms, w, time=None):
        """The change of a kernel; see `ReleasedMerge.call`."""
        del w
        return -bounded_by_rms(
            weighted_sum(self.weighting(time), terms), self.sum_epsilon
        )

    def get_config(self):
        return {
            **super().get_config(),
            "initial_coefficients": self.initial_coefficients,
            "term_epsilon": self.term_epsilon,
            "sum_epsilon": self.sum_epsilon,
            "functions": self.functions,
        }


def weighted_sum(weights, terms):
    """sum_k a_k term_k, with a of shape `(terms,)`."""
    scalars = ops.unstack(weights, len(terms))
    weighted = [scalar * term for scalar, term in zip(scalars, terms, strict=True)]
    return sum(weighted[1:], start=weighted[0])
