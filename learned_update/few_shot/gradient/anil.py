"""ANIL (Raghu et al., 2020): almost no inner loop, only the head adapts."""

import keras

from learned_update.few_shot.embeddings.pair import embed_pair
from learned_update.few_shot.gradient.inner_steps import gradient_of, sgd_steps
from learned_update.few_shot.gradient.maml import Maml
from learned_update.few_shot.gradient.network import head_logits
from learned_update.few_shot.learner import PACKAGE
from learned_update.few_shot.objective import cross_entropy


def adapted_head(head, features, labels, steps, rate):
    """The head after gradient steps on features that stay as they are.

    Args:
        head: `(kernel, bias)`.
        features: `(supports, units)`.
        labels: `(supports,)` integers.
        steps: how many.
        rate: of each.
    """

    def gradient(head):
        return gradient_of(
            lambda head: cross_entropy(head_logits(head, features), labels), head
        )

    return sgd_steps(gradient, head, steps, rate)


@keras.saving.register_keras_serializable(PACKAGE)
class Anil(Maml):
    """MAML whose inner steps change the head alone; the outer loop trains all."""

    method = "anil"

    def __init__(self, inner_steps=5, inner_rate=0.1, **settings):
        super().__init__(inner_steps=inner_steps, inner_rate=inner_rate, **settings)

    def _logits(self, theta, support_x, support_y, query_x, steps):
        support, query = embed_pair(
            self.embedding, theta["embedding"], support_x, query_x, self.statistics
        )
        head = adapted_head(theta["head"], support, support_y, steps, self.inner_rate)
        return head_logits(head, query)

    def adapted(self, theta, support_x, support_y, steps):
        """Weights after some inner steps: the trunk is that of theta."""
        features, _ = self.embedding(theta["embedding"], support_x)
        head = adapted_head(theta["head"], features, support_y, steps, self.inner_rate)
        return {"embedding": theta["embedding"], "head": head}
