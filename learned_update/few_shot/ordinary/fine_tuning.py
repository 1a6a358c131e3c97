"""Transfer: train on all classes of meta-training, then fine-tune on the support."""

import keras
from keras import ops

from learned_update.errors import invalid
from learned_update.few_shot.gradient.inner_steps import adam_steps, gradient_of
from learned_update.few_shot.gradient.network import network_loss, query_logits
from learned_update.few_shot.learner import PACKAGE
from learned_update.few_shot.objective import cross_entropy
from learned_update.few_shot.ordinary.head_fitting import MOMENTUM, fitted_head
from learned_update.few_shot.ordinary.multi_task import MultiTask

LAST, ALL, GRADUAL = "last", "all", "gradual"
FACTOR = 2.6  # between the rates of a block and of that above (Howard and Ruder, 2018)


def block_rates(weights, rate, factor):
    """A tree of rates: the head's is `rate`, each block's below smaller by a factor.

    Args:
        weights: `{"embedding": block by block, "head"}`.
        rate: of the head.
        factor: at least 1.
    """
    blocks = len(weights["embedding"])

    def constant(tree, value):
        return keras.tree.map_structure(lambda _: value, tree)

    return {
        "embedding": tuple(
            constant(block, rate / factor ** (blocks - level))
            for level, block in enumerate(weights["embedding"])
        ),
        "head": constant(weights["head"], rate),
    }


def unfrozen(rates, step, steps, dtype="float32"):
    """The rates with 0 for what is frozen: blocks thaw from the top, evenly.

    Of n blocks, the one l from the bottom is trained from step
    (n - l) steps / (n + 1) on; the head from the first.

    Args:
        rates: as of `block_rates`.
        step: a scalar tensor, from 0.
        steps: in all.
        dtype: of the rates.
    """
    blocks = len(rates["embedding"])

    def thawed(level, block):
        begin = (blocks - level) * steps // (blocks + 1)
        on = ops.cast(step >= begin, dtype)
        return keras.tree.map_structure(lambda rate: rate * on, block)

    return {
        "embedding": tuple(
            thawed(level, block) for level, block in enumerate(rates["embedding"])
        ),
        "head": rates["head"],
    }


@keras.saving.register_keras_serializable(PACKAGE)
class FineTuning(MultiTask):
    """A classifier of all meta-training classes; a new head, and what is below, tuned.

    Free in ways and shots.

    Args:
        layers: `"last"` trains the new head alone; `"all"` all blocks, by smaller rates
            further down; `"gradual"` these too, one more block at a time from the top.
        **settings: of `MultiTask`.
    """

    method = "fine-tuning"

    def __init__(self, layers=LAST, **settings):
        if layers not in (LAST, ALL, GRADUAL):
            raise invalid(
                f"Fine-tuning has no way to train {layers!r}.",
                expected=f"{LAST!r}, {ALL!r} or {GRADUAL!r}",
                received=repr(layers),
                remedy="Name one of these.",
            )
        self.layers = layers
        super().__init__(**settings)

    def class_loss(self, logits, labels):
        return cross_entropy(logits, labels)

    def logits(self, theta, support_x, support_y, query_x, ways):
        if self.layers == LAST:
            return super().logits(theta, support_x, support_y, query_x, ways)
        weights = self.tuned(theta, support_x, support_y, ways)
        return query_logits(
            self.embedding, weights, support_x, query_x, self.statistics
        )

    def tuned(self, theta, support_x, support_y, ways):
        """Weights after tuning on a support: first the new head, then the blocks."""
        features, _ = self.embedding(theta["embedding"], support_x)
        head = fitted_head(features, support_y, ways, self.head_steps, self.head_rate)
        weights = {"embedding": theta["embedding"], "head": head}
        rates = block_rates(weights, self.head_rate, FACTOR)

        def gradient_at(weights, _):
            return gradient_of(
                lambda weights: network_loss(
                    self.embedding, weights, support_x, support_y
                ),
                weights,
            )

        def rates_at(step):
            if self.layers == ALL:
                return rates
            return unfrozen(rates, step, self.head_steps, features.dtype)

        return adam_steps(gradient_at, weights, self.head_steps, rates_at, MOMENTUM)

    def get_config(self):
        return {**super().get_config(), "layers": self.layers}
