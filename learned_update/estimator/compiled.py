"""The inner loop of a rule, compiled once for all encoders that use the rule."""

import functools
import json
from typing import NamedTuple

import keras
import numpy as np

from learned_update.layers import BaseMLP
from learned_update.meta import BaseTrainer

COMPILED = 8  # rules and depths whose compiled inner loop is kept


class RuleContent(NamedTuple):
    """A rule as plain data that can be hashed and pickled.

    Attributes:
        config: of the layer, as JSON.
        theta: bytes of its variables.
    """

    config: str
    theta: tuple[bytes, ...]


def rule_content(rule):
    """`RuleContent` of a rule."""
    config = json.dumps(keras.saving.serialize_keras_object(rule), sort_keys=True)
    return RuleContent(config, tuple(value.tobytes() for value in rule.get_weights()))


@functools.lru_cache(maxsize=COMPILED)
def compiled_trainer(content, depth, base=None, average=False):
    """A `BaseTrainer` of a rule for base models of some depth and any widths.

    Args:
        content: `RuleContent`.
        depth: number of layers.
        base: `base_content` of a base model that is no MLP; None for an MLP.
        average: of `BaseTrainer`.
    """
    rule = keras.saving.deserialize_keras_object(json.loads(content.config))
    rule.set_weights(
        [
            np.frombuffer(value, old.dtype).reshape(old.shape)
            for value, old in zip(content.theta, rule.get_weights(), strict=True)
        ]
    )
    if base is None:
        base = rule.base_mlp((1,) * depth)  # widths are those of phi
    else:
        base = keras.saving.deserialize_keras_object(json.loads(base))
    return BaseTrainer(rule, base, average)


def base_content(base):
    """A base model as text; None for an MLP, whose widths are those of phi."""
    if isinstance(base, BaseMLP):
        return None
    config = keras.saving.serialize_keras_object(base)
    config["config"].pop("name")  # which is another for every object
    return json.dumps(config, sort_keys=True)
