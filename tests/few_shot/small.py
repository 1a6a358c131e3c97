"""Small data, episodes and learners, and float64 tools of the tests here."""

import functools

import keras
import numpy as np
import pytest
from keras import ops

from learned_update.data import Dataset
from learned_update.few_shot import EpisodeDistribution, few_shot_learner
from learned_update.meta import BaseTrainer
from learned_update.randomness import generator
from learned_update.zoo import load_rule
from tests.arithmetic import HAS_FLOAT64

FLOAT64 = pytest.mark.skipif(
    not HAS_FLOAT64, reason="JAX has no float64 by default (JAX_ENABLE_X64)"
)
STEP = 1e-6  # of finite differences
CLASSES, EXAMPLES, SIDE = 6, 8, 4
WAYS, SHOTS, QUERIES = 3, 2, 4
SMALL = {"embedding": "mlp", "widths": (6, 5)}
SIZES = {  # arguments that make a method small
    "matching-full-context": {"reads": 2},
    "graph": {"units": 4},
    "lstm": {"units": 6},
    "conditional": {"units": 6},
    "snail": {"length": 4, "filters": 3, "attentions": ((3, 2), (3, 2), (3, 2))},
    "mann": {"units": 6, "slots": 8, "width": 3, "heads": 2},
    "meta-networks": {"units": 4, "generator_units": 3},
    "hyper-network": {"units": 6},
    "reptile": {"inner_steps": 2, "prediction_steps": 2},
    "imaml": {"inner_steps": 2, "solver_steps": 2},
    "anil": {"inner_steps": 2},
    "multi-task": {"head_steps": 3},
    "fine-tuning": {"head_steps": 3, "layers": "gradual"},
    "from-scratch": {"training_steps": 2},
}
OF_RULE = {"units": (6, 5), "inner_steps": 2}


@functools.cache
def rule_and_trainer():
    rule = load_rule("glyphs")
    return rule, BaseTrainer(rule, rule.base_mlp(OF_RULE["units"]))


def dataset(classes=CLASSES, examples=EXAMPLES, seed=0, side=SIDE):
    """Noisy copies of one random image a class."""
    rng = np.random.default_rng(seed)
    images = np.repeat(rng.integers(60, 200, (classes, side, side, 1)), examples, 0)
    images = images + rng.integers(-50, 50, images.shape)
    return Dataset(
        "noisy",
        images.astype("uint8"),
        np.repeat(np.arange(classes, dtype="int32"), examples),
        tuple(f"class {number}" for number in range(classes)),
    )


def episodes(ways=WAYS, shots=SHOTS, queries=QUERIES, **options):
    return EpisodeDistribution(dataset(), ways, shots, queries, **options)


def episode(seed=0, **form):
    return episodes(**form).draw(generator(seed))


def learner(method, **settings):
    """A small learner at its initial theta, for the form of `episodes()`."""
    if method.startswith("rule-"):
        made = few_shot_learner(method, rule=rule_and_trainer()[0], **OF_RULE)
        made._trainer = rule_and_trainer()[1]  # traced once for both read-outs
        return made.fit(episodes())
    made = few_shot_learner(method, **{**SMALL, **SIZES.get(method, {}), **settings})
    made.start((SIDE, SIDE, 1), WAYS, CLASSES)
    return made


def eager(method, drawn, theta=None, **settings):
    """Probabilities without a trace, from a learner by name or as it is."""
    made = learner(method, **settings) if isinstance(method, str) else method
    if made.method.startswith("rule-"):
        return made.predict(drawn.support_x, drawn.support_y, drawn.query_x)
    arrays = (drawn.support_x, drawn.support_y, drawn.query_x)
    tensors = map(ops.convert_to_tensor, arrays)
    theta = made.theta() if theta is None else theta
    return ops.convert_to_numpy(made.probabilities(theta, *tensors, drawn.ways))


def float64(tree):
    """A tree of arrays, its floats as float64 tensors."""

    def doubled(array):
        array = np.asarray(ops.convert_to_numpy(array))
        kind = "float64" if array.dtype.kind == "f" else "int32"
        return ops.convert_to_tensor(array.astype(kind))

    return keras.tree.map_structure(doubled, tree)


def slope(loss, tree, direction):
    """Central finite difference of a loss along a direction, a float."""
    values = []
    for sign in (STEP, -STEP):
        scaled = keras.tree.map_structure(lambda d, s=sign: s * d, direction)
        values.append(float(loss(keras.tree.map_structure(ops.add, tree, scaled))))
    return (values[0] - values[1]) / (2 * STEP)


def random_direction(tree, seed):
    """A tree of normal float64 numbers."""
    rng = np.random.default_rng(seed)
    return keras.tree.map_structure(
        lambda a: ops.convert_to_tensor(rng.normal(size=a.shape)), tree
    )


def inner_product(left, right):
    pairs = zip(keras.tree.flatten(left), keras.tree.flatten(right), strict=True)
    return sum(
        float(np.sum(ops.convert_to_numpy(a) * ops.convert_to_numpy(b)))
        for a, b in pairs
    )
