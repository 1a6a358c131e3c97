"""The inner loop of a rule, compiled once for all encoders that use the rule."""

import functools
import json
from typing import NamedTuple

import keras
import numpy as np

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
def compiled_trainer(content, depth):
    """A `BaseTrainer` of a rule for base models of some depth and any widths.

    Args:
        content: `RuleContent`.
        depth: number of layers.
    """
    rule = keras.saving.deserialize_keras_object(json.loads(content.config))
    rule.set_weights(
        [
            np.frombuffer(value, old.dtype).reshape(old.shape)
            for value, old in zip(content.theta, rule.get_weights(), strict=True)
        ]
    )
    return BaseTrainer(rule, rule.base_mlp((1,) * depth))  # widths are those of phi
