"""Small rules, base models and batches that tests share."""

import keras
import numpy as np
from keras import ops

import learned_update as lu
from learned_update.layers.forms import neuron_local_parts, released_parts

UNITS = (7, 6, 5)
INPUTS = 9


def neuron_local(dtype="float64", **options):
    """A small neuron-local rule away from its initial theta."""
    feedback = options.pop("feedback", "learned")
    parts = neuron_local_parts(channels=6, delta_channels=4, dtype=dtype, **options)
    return perturbed(lu.UpdateRule(**parts, feedback=feedback, seed=1, dtype=dtype))


def released(dtype="float64", embedding_units=UNITS[-1], **options):
    """A small rule of the released form away from its initial theta."""
    feedback = options.pop("feedback", "learned")
    parts = released_parts(
        embedding_units=embedding_units,
        channels=6,
        delta_channels=4,
        top_channels=5,
        rank=2,
        inner_learning_rate=0.05,
        dtype=dtype,
        **options,
    )
    return perturbed(lu.UpdateRule(**parts, feedback=feedback, seed=1, dtype=dtype))


FORMS = {"neuron_local": neuron_local, "released": released}


def perturbed(rule, scale=0.2, seed=5):
    """The rule with noise on every variable, so that every part of it matters."""
    rng = np.random.default_rng(seed)
    for variable in rule.trainable_variables:
        value = ops.convert_to_numpy(variable)
        variable.assign(value + rng.normal(0, scale, size=value.shape))
    return rule


def base_and_phi(rule, units=UNITS, inputs=INPUTS, activation="relu", seed=2):
    """A base model of the rule's conventions, and its initial phi."""
    base = rule.base_mlp(units, activation)
    return base, base.init_phi(inputs, seed)


def batch(rows=8, inputs=INPUTS, seed=3, dtype="float64"):
    """Unlabelled examples."""
    return np.random.default_rng(seed).normal(size=(rows, inputs)).astype(dtype)


def leaves(tree):
    """The leaves of a tree as NumPy arrays."""
    return [ops.convert_to_numpy(leaf) for leaf in keras.tree.flatten(tree)]


def assert_trees_close(a, b, rtol=0.0, atol=1e-10):
    """Asserts that two trees have leaves that agree."""
    for left, right in zip(leaves(a), leaves(b), strict=True):
        np.testing.assert_allclose(left, right, rtol=rtol, atol=atol)
