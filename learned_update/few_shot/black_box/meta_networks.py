"""Meta Networks (Munkhdalai and Yu, 2017): weights that are slow, and fast ones."""

import keras
import numpy as np
from keras import ops

from learned_update.few_shot.black_box.loss_information import (
    head_gradients,
    hidden_gradients,
    scaled_gradients,
)
from learned_update.few_shot.embeddings.dense import dense_chain
from learned_update.few_shot.embeddings.initial import glorot, initial_chain
from learned_update.few_shot.embeddings.lstm import initial_lstm, run_lstm
from learned_update.few_shot.embeddings.pair import embed_pair
from learned_update.few_shot.learner import PACKAGE, Learner, one_hot
from learned_update.few_shot.metric.attention import attention_weights


@keras.saving.register_keras_serializable(PACKAGE)
class MetaNetworks(Learner):
    """A representation and a classifier, each with slow weights and fast ones.

    1. Gradients of the support's representation loss by Q, one per example, are read
       by an LSTM, number by number, which gives the fast Q*: r = relu(x (Q + Q*)). The
       authors add relu(x Q) and relu(x Q*); with features of at least 0 the second can
       be 0 for good.
    2. An MLP turns each example's gradient of the classifier, again number by number,
       into fast weights W*_i, which are kept in a memory beside their r_i.
    3. A query's W* is their mean with the weights of its attention to the r_i; its
       logits are r W + r W*.

    x are the features of the embedding, which has slow weights only. The order of the
    support counts; the ways are those of meta-training, the shots are free.

    Args:
        units: of the representation.
        generator_units: of the LSTM and of the MLP.
        scale: of the cosines in the attention.
        **settings: of `Learner`.
    """

    method = "meta-networks"
    fixed_ways = True
    ordered = True

    def __init__(self, units=64, generator_units=16, scale=10.0, **settings):
        self.units = units
        self.generator_units = generator_units
        self.scale = scale
        super().__init__(**settings)

    def initial(self, rng):
        generator = self.generator_units
        return {
            "embedding": self.embedding.initial(rng),
            "representation": glorot(rng, self.embedding.features, self.units),
            "representation_head": glorot(rng, self.units, self.ways),
            "classifier": glorot(rng, self.units, self.ways),
            "reader": initial_lstm(rng, 2, generator),
            # Q* is 0 at first: the same number everywhere would hide what Q sees.
            "fast_representation": (
                np.zeros((generator, 1), "float32"),
                np.zeros(1, "float32"),
            ),
            "fast_classifier": initial_chain(rng, (2, generator, generator, 1)),
        }

    def logits(self, theta, support_x, support_y, query_x, ways):
        support, query = embed_pair(
            self.embedding, theta["embedding"], support_x, query_x, self.statistics
        )
        labels = one_hot(support_y, ways, support)
        slow = theta["representation"]
        fast = self._fast_representation(theta, support, labels)
        known, asked = (ops.relu(ops.matmul(x, slow + fast)) for x in (support, query))
        gradients = head_gradients(known, theta["classifier"], labels)
        memory = dense_chain(theta["fast_classifier"], scaled_gradients(gradients))
        attended = attention_weights(asked, known, self.scale)  # (queries, supports)
        own = ops.tensordot(attended, memory[..., 0], axes=1)  # (queries, units, ways)
        slow_logits = ops.matmul(asked, theta["classifier"])
        return slow_logits + ops.matmul(asked[:, None], own)[:, 0]

    def _fast_representation(self, theta, support, labels):
        """Q*, `(features, units)`."""
        gradients = hidden_gradients(
            support, theta["representation"], theta["representation_head"], labels
        )
        numbers = ops.reshape(gradients, (support.shape[0], -1))
        sequence = scaled_gradients(ops.transpose(numbers))  # (numbers, supports, 2)
        last = run_lstm(theta["reader"], sequence)[:, -1]
        kernel, bias = theta["fast_representation"]
        return ops.reshape(
            ops.matmul(last, kernel) + bias, theta["representation"].shape
        )

    def get_config(self):
        return {
            **super().get_config(),
            "units": self.units,
            "generator_units": self.generator_units,
            "scale": self.scale,
        }
