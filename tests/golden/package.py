"""The package's objects for a golden case, through its public names."""

import functools

import numpy as np
from keras import ops

import learned_update as lu
from tests.golden.cases import relative_error
from tests.golden.on_reference import UNROLL


def to_phi(layers, dtype):
    """The reference's list of layers as a `Phi` of tensors."""
    return lu.Phi(
        layers=tuple(
            lu.LayerParams(*(ops.convert_to_tensor(v, dtype=dtype) for v in layer))
            for layer in layers
        )
    )


def phi_errors(phi, expected):
    """Relative error of every variable of a `Phi`."""
    return [
        relative_error(ops.convert_to_numpy(value), golden)
        for reached, layer in zip(phi.layers, expected, strict=True)
        for value, golden in zip(reached, layer, strict=True)
    ]


class Setting:
    """Rule, base model and tensors of one case, and what they compute.

    Args:
        case: `Case`.
        dtype: `"float32"` or `"float64"`.
        compiled: whether everything runs inside `tf.function`.
    """

    def __init__(self, case, dtype, compiled):
        self.case = case
        self.compiled = compiled
        self.dtype = dtype
        self.rule = lu.load_released_rule(
            case.theta, inner_learning_rate=case.learning_rate, dtype=dtype
        )
        self.base = lu.BaseMLP(case.units, activation=case.activation, dtype=dtype)
        self.phi = to_phi(case.phi(), dtype)
        self.step = self._step
        self._explained_change = self._change
        if compiled:
            import tensorflow as tf

            self.step = tf.function(self._step, autograph=False)
            self._explained_change = tf.function(self._change, autograph=False)

    @functools.cached_property
    def change_and_trace(self):
        """What the first batch calls for, and everything on the way."""
        return self._explained_change(self.phi, self.batch(0))

    @functools.cache  # noqa: B019 - settings live as long as the tests
    def phi_after(self, steps):
        """phi after inner steps on the case's batches."""
        if not steps:
            return self.phi
        return self.step(self.phi_after(steps - 1), self.batch(steps - 1))

    def unroll(self, phi, steps):
        """phi after inner steps, starting anywhere."""
        for index in range(steps):
            phi = self.step(phi, self.batch(index))
        return phi

    @functools.cached_property
    def gradients(self):
        """dJ/dtheta and dJ/d(initial phi) after an unroll, float64 arrays by name."""
        import tensorflow as tf

        theta = [variable.value for variable in self.rule.trainable_variables]
        with tf.GradientTape() as tape:
            tape.watch(self.phi)
            loss, _ = self.objective(self.unroll(self.phi, UNROLL))
        by_theta, by_phi = tape.gradient(loss, (theta, self.phi))
        names = lu.released_variable_names(self.rule)
        return (
            {
                name: np.asarray(array, np.float64)
                for name, array in zip(names, by_theta, strict=True)
            },
            {
                (name, index): np.asarray(getattr(layer, name), np.float64)
                for index, layer in enumerate(by_phi.layers)
                for name in layer._fields
            },
        )

    def of_case(self, case):
        """The same for another case."""
        return Setting(case, self.dtype, self.compiled)

    def objective(self, phi):
        """The meta-objective with support and query embedded in one batch."""
        support, support_targets = self.case.meta_batch("train")
        query, query_targets = self.case.meta_batch("test")
        joint = self.tensor(np.concatenate([support, query]))
        features = self.base.embed(phi, joint)
        count = len(support)
        return lu.meta_objective(
            features[:count],
            self.tensor(support_targets),
            features[count:],
            self.tensor(query_targets),
        )

    def batch(self, step):
        return self.tensor(self.case.batch(step))

    def tensor(self, array):
        return ops.convert_to_tensor(np.asarray(array), dtype=self.dtype)

    def _step(self, phi, x):
        return lu.inner_step(self.rule, self.base, phi, x)

    def _change(self, phi, x):
        acts = self.base.forward(phi, x)
        change = lu.phi_change(self.rule, self.base, phi, x)
        return change, acts, self.rule.trace(phi, acts)
