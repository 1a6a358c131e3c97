"""A learned rule's features of an episode, read out by ridge or by prototypes."""

import keras
import numpy as np
from keras import ops

from learned_update.errors import invalid
from learned_update.few_shot.embeddings.pair import INDUCTIVE
from learned_update.few_shot.form_checks import check_fitted
from learned_update.few_shot.learner import PACKAGE, Learner, one_hot
from learned_update.few_shot.metric.prototypes import class_means, squared_distances
from learned_update.few_shot.support import checked_query, checked_support
from learned_update.meta import BaseTrainer
from learned_update.ops.ridge import ridge_regression

PENALTY = 0.1  # of the ridge regression, as in the meta-objective


class RuleLearner(Learner):
    """A base model that a rule trains on the unlabelled images of an episode.

    phi starts anew for every episode, and the rule changes it by the support and the
    query, without their labels: what meta-training of other learners sees, it does not.
    Batch statistics of the read-out are those of the support (inductive) or of both;
    the inner steps see the queries either way. `fit` only says the shape of images.
    Free in ways and shots.

    Args:
        rule: `UpdateRule`.
        inner_steps: of the rule.
        units: widths of the base model.
        **settings: `statistics` and `seed`, of `Learner`.
    """

    def __init__(
        self, rule=None, inner_steps=100, units=(128, 128, 128, 128, 32), **settings
    ):
        self.inner_steps = inner_steps
        self.units = tuple(units)
        super().__init__(**{**settings, "embedding": "mlp", "widths": units})
        self.rule = rule
        if rule is None:
            raise invalid(
                f"A {self.method} learner needs a rule.",
                expected="rule=load_rule(..)",
                received="None",
                remedy="On the command line --rule names one, such as glyphs.",
            )
        self.base = rule.base_mlp(self.units)
        self._trainer = BaseTrainer(rule, self.base)

    @property
    def parameters(self):
        """Numbers of the rule."""
        return sum(int(np.prod(v.shape)) for v in self.rule.trainable_variables)

    def initial(self, rng):
        del rng
        return ()

    def fit(self, episodes, *budget, **persistence):
        """Takes the shape of the images; a rule is meta-trained elsewhere."""
        del budget, persistence
        if self.form is None:
            self.start(episodes.image_shape, episodes.ways, episodes.classes)
        return self

    def predict(self, support_x, support_y, query_x):
        check_fitted(self)
        shape = self.form["image_shape"]
        support_x, classes, labels = checked_support(support_x, support_y, shape)
        query_x = checked_query(query_x, shape)
        support, query = self.features(
            support_x.reshape(len(support_x), -1), query_x.reshape(len(query_x), -1)
        )
        membership = one_hot(ops.convert_to_tensor(labels), len(classes), support)
        logits = self.read_out(support, membership, query)
        return ops.convert_to_numpy(ops.softmax(logits))

    def features(self, support, query):
        """Features of both after the inner steps, from rows of pixels."""
        rows = np.concatenate([support, query])
        (phi,) = self._trainer(
            [self.base.init_phi(rows.shape[1], self.seed)],
            [rows],
            steps=self.inner_steps,
            batch_size=len(rows),
            seeds=[self.seed],
            progress=False,
        )
        reference = support if self.statistics == INDUCTIVE else rows
        statistics = self.base.statistics(phi, reference)
        features = self.base.embed(phi, rows, statistics)
        return features[: len(support)], features[len(support) :]

    def read_out(self, support, membership, query):
        """Logits `(queries, ways)` by features and one-hot labels of the support."""
        raise NotImplementedError

    def get_config(self):
        config = super().get_config()
        del config["embedding"], config["widths"]
        return {
            **config,
            "rule": keras.saving.serialize_keras_object(self.rule),
            "inner_steps": self.inner_steps,
            "units": self.units,
        }

    @classmethod
    def from_config(cls, config):
        rule = keras.saving.deserialize_keras_object(config["rule"])
        return cls(**{**config, "rule": rule})


@keras.saving.register_keras_serializable(PACKAGE)
class RuleRidge(RuleLearner):
    """A ridge regression of the labels; its scores are the logits."""

    method = "rule-ridge"

    def read_out(self, support, membership, query):
        weights, intercept = ridge_regression(support, membership, PENALTY)
        return ops.matmul(query, weights) + intercept


@keras.saving.register_keras_serializable(PACKAGE)
class RulePrototypical(RuleLearner):
    """The nearest prototype by squared distance."""

    method = "rule-prototypical"

    def read_out(self, support, membership, query):
        return -squared_distances(query, class_means(support, membership))
