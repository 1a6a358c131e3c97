"""The package's objects for a golden case, through its public names."""

import functools

import numpy as np
from keras import ops

import learned_update as lu
from tests.golden.cases import relative_error


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
    """Rule, base model and tensors of one case in one dtype.

    Args:
        case: `Case`.
        dtype: `"float32"` or `"float64"`.
    """

    def __init__(self, case, dtype):
        self.case = case
        self.dtype = dtype
        self.rule = lu.load_released_rule(
            case.theta, inner_learning_rate=case.learning_rate, dtype=dtype
        )
        self.base = lu.BaseMLP(case.units, activation=case.activation, dtype=dtype)
        self.phi = to_phi(case.phi(), dtype)

    def tensor(self, array):
        return ops.convert_to_tensor(np.asarray(array), dtype=self.dtype)

    def batch(self, step):
        return self.tensor(self.case.batch(step))

    def step(self, phi, x):
        """One inner step, eagerly."""
        return lu.inner_step(self.rule, self.base, phi, x)

    def change(self, phi, x):
        """The change, eagerly."""
        return lu.phi_change(self.rule, self.base, phi, x)

    @functools.cached_property
    def compiled_step(self):
        return _compiled(self.step)

    @functools.cached_property
    def compiled_change(self):
        return _compiled(self.change)

    def functions(self, compiled):
        """`(change, step)`."""
        if compiled:
            return self.compiled_change, self.compiled_step
        return self.change, self.step

    def unroll(self, phi, steps, compiled):
        _, step = self.functions(compiled)
        for index in range(steps):
            phi = step(phi, self.batch(index))
        return phi

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


def _compiled(function):
    import tensorflow as tf

    return tf.function(function)
