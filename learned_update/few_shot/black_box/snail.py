"""SNAIL (Mishra et al., 2018): temporal convolutions and attention, in turn."""

import keras
from keras import ops

from learned_update.few_shot.black_box.labelled import with_label
from learned_update.few_shot.black_box.temporal import (
    causal_attention,
    initial_attention,
    initial_temporal,
    temporal_convolutions,
)
from learned_update.few_shot.embeddings.initial import dense
from learned_update.few_shot.embeddings.pair import embed_pair
from learned_update.few_shot.learner import PACKAGE, Learner


@keras.saving.register_keras_serializable(PACKAGE)
class Snail(Learner):
    """The support and one query as a sequence; the last step gives the logits.

    Attention, temporal convolution, attention, temporal convolution, attention, dense,
    as published for few-shot classification. The order of the support counts; the ways
    are those of meta-training, the shots are free.

    Args:
        length: steps that a temporal convolution reaches over.
        filters: of each of its blocks.
        attentions: `(keys, values)` of each attention.
        **settings: of `Learner`.
    """

    method = "snail"
    fixed_ways = True
    ordered = True

    def __init__(
        self,
        length=32,
        filters=64,
        attentions=((64, 32), (128, 64), (256, 128)),
        **settings,
    ):
        self.length = length
        self.filters = filters
        self.attentions = tuple(map(tuple, attentions))
        super().__init__(**settings)

    def initial(self, rng):
        width = self.embedding.features + self.ways
        attentions, convolutions = [], []
        for keys, values in self.attentions:
            if attentions:
                blocks, width = initial_temporal(rng, width, self.filters, self.length)
                convolutions.append(blocks)
            weights, width = initial_attention(rng, width, keys, values)
            attentions.append(weights)
        return {
            "embedding": self.embedding.initial(rng),
            "attentions": tuple(attentions),
            "convolutions": tuple(convolutions),
            "head": dense(rng, width, self.ways),
        }

    def logits(self, theta, support_x, support_y, query_x, ways):
        support, query = embed_pair(
            self.embedding, theta["embedding"], support_x, query_x, self.statistics
        )
        known = with_label(support, support_y, ways)
        asked = with_label(query, None, ways)
        first, *others = theta["attentions"]
        known, asked = causal_attention(first, known, asked)
        for blocks, attention in zip(theta["convolutions"], others, strict=True):
            known, asked = temporal_convolutions(blocks, known, asked)
            known, asked = causal_attention(attention, known, asked)
        kernel, bias = theta["head"]
        return ops.matmul(asked, kernel) + bias

    def get_config(self):
        return {
            **super().get_config(),
            "length": self.length,
            "filters": self.filters,
            "attentions": self.attentions,
        }
