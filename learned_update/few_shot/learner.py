"""The interface of all few-shot learners: `fit`, `predict`, `save`."""

import time

import keras
import numpy as np
from keras import ops

from learned_update import backend
from learned_update.few_shot.embeddings.embedding import CONVOLUTION, embedding_of
from learned_update.few_shot.embeddings.pair import INDUCTIVE, check_statistics
from learned_update.few_shot.form_checks import check_fitted, check_form, check_ways
from learned_update.few_shot.keras_file import write_keras
from learned_update.few_shot.objective import cross_entropy
from learned_update.few_shot.support import checked_query, checked_support
from learned_update.few_shot.training.loop import Budget, meta_train
from learned_update.randomness import generator

PACKAGE = "learned_update"  # under which Keras registers the learners
_THETA = 0  # key of the seed


def one_hot(labels, ways, like):
    """`(examples, ways)` in the dtype of `like`."""
    return ops.one_hot(labels, ways, dtype=like.dtype)


class Learner(keras.layers.Layer):
    """Learns from episodes how to classify a query by a support.

    A child says with pure functions of theta, a tree of arrays, what it is:
    `initial(rng)`, `logits(theta, support_x, support_y, query_x, ways)`, and, where it
    trains by something else than the cross-entropy of these, `loss(theta, episode)` or
    `meta_gradient(theta, episode)`.

    Args:
        embedding: `"convolution"` or `"mlp"`.
        widths: of the embedding's blocks; None takes its own.
        statistics: of batch normalisation, `"inductive"` or `"transductive"`.
        seed: of the initial theta and the episodes.
        form: what meta-training fixed, `image_shape`, `ways` and `classes`; None
            before `fit`.

    Attributes:
        history: meta-loss of every step of `fit`.
        seconds: wall time of `fit`.
    """

    method = ""  # what tables and the command line call it
    fixed_ways = False  # whether it predicts as many classes as it was trained with
    ordered = False  # whether the order of the support counts
    learning_rate = 1e-3  # of `fit`, unless it is given another
    steps = 1000  # of `fit`
    tasks_per_step = 1
    pooled = None  # blocks of the convolution that pool; None for all

    def __init__(
        self,
        embedding=CONVOLUTION,
        widths=None,
        statistics=INDUCTIVE,
        seed=0,
        form=None,
        **kwargs,
    ):
        super().__init__(autocast=False, **kwargs)
        check_statistics(statistics)
        self.embedding_kind = embedding
        self.widths = None if widths is None else tuple(widths)
        self.statistics = statistics
        self.seed = seed
        self.form = None
        self.history = []
        self.seconds = 0.0
        self._predictors = {}  # compiled, by the number of ways
        self.built = True
        if form is not None:
            self.start(**form)

    def start(self, image_shape, ways, classes):
        """Makes theta, at its initial values, for episodes of a form.

        Args:
            image_shape: `(height, width, channels)`.
            ways: classes of an episode of meta-training.
            classes: classes of meta-training.
        """
        self.form = {
            "image_shape": tuple(image_shape),
            "ways": int(ways),
            "classes": int(classes),
        }
        self.embedding = embedding_of(
            self.embedding_kind, image_shape, self.widths, self.pooled
        )
        theta = self.initial(generator(self.seed, _THETA))
        for index, array in enumerate(keras.tree.flatten(theta)):
            self.add_weight(
                array.shape,
                keras.initializers.Constant(array),
                name=f"theta_{index:03d}",
            )
        structure = keras.tree.map_structure(lambda _: 0, theta)
        self._pack = lambda flat: keras.tree.pack_sequence_as(structure, list(flat))

    @property
    def ways(self):
        """Classes of an episode of meta-training."""
        return self.form["ways"]

    @property
    def parameters(self):
        """Numbers that meta-training may change."""
        return sum(int(np.prod(v.shape)) for v in self.trainable_variables)

    def theta(self, values=None):
        """The tree of some values of `trainable_variables`, or of the present ones."""
        if values is None:
            values = [ops.convert_to_tensor(v) for v in self.trainable_variables]
        return self._pack(values)

    def initial(self, rng):
        """Initial theta, a tree of float32 arrays, drawn with a NumPy generator."""
        raise NotImplementedError

    def logits(self, theta, support_x, support_y, query_x, ways):
        """Logits of the query, `(queries, ways)`; see `Episode` for the shapes."""
        raise NotImplementedError

    def loss(self, theta, episode):
        """What meta-training minimises, a scalar: cross-entropy of the query."""
        logits = self.logits(
            theta,
            episode.support_x,
            episode.support_y,
            episode.query_x,
            episode.ways,
        )
        return cross_entropy(logits, episode.query_y)

    def meta_gradient(self, theta, episode):
        """`(loss, gradient)` of an episode, the gradient a tree like theta."""
        (loss, _), gradient = backend.value_and_grad(
            lambda theta: (self.loss(theta, episode), ())
        )(theta)
        return loss, gradient

    def outer_optimizer(self, learning_rate, steps):
        """The Keras optimizer that applies meta-gradients.

        Adam, its rate falling to 0 over the steps along half a cosine.
        """
        return keras.optimizers.Adam(
            keras.optimizers.schedules.CosineDecay(learning_rate, steps)
        )

    def fit(
        self,
        episodes,
        steps=None,
        learning_rate=None,
        tasks_per_step=None,
        progress=None,
        **persistence,
    ):
        """Meta-trains on episodes.

        Args:
            episodes: `EpisodeDistribution`.
            steps: outer steps; None takes the class's own, as for the next two.
            learning_rate: of the outer optimizer.
            tasks_per_step: episodes over which a step averages.
            progress: whether to show a bar; None shows it on a terminal.
            **persistence: `checkpoint`, `checkpoint_every` and `stop` of
                `training.loop.meta_train`.

        Returns:
            This object.

        Raises:
            ValueError: if the episodes are of another form than those it was fitted to
                before, or the loss is not finite.
        """
        begun = time.perf_counter()
        form = {
            "image_shape": tuple(episodes.image_shape),
            "ways": episodes.ways,
            "classes": episodes.classes,
        }
        if self.form is None:
            self.start(**form)
        check_form(self, form)
        if self.trainable_variables:
            budget = Budget(
                self.steps if steps is None else steps,
                self.learning_rate if learning_rate is None else learning_rate,
                self.tasks_per_step if tasks_per_step is None else tasks_per_step,
            )
            self.history = meta_train(
                self, episodes, budget, progress=progress, **persistence
            )
        self.seconds = time.perf_counter() - begun
        return self

    def predict(self, support_x, support_y, query_x):
        """Class probabilities of queries.

        Args:
            support_x: `(supports, *image_shape)`, uint8 or floats as in meta-training.
            support_y: their labels, `(supports,)`, of at least two classes.
            query_x: `(queries, *image_shape)`.

        Returns:
            `(queries, ways)` float32; columns in the ascending order of the labels.

        Raises:
            ValueError: if it is not fitted, the shapes do not fit, or the learner has
                a fixed number of ways and the support has another.
        """
        check_fitted(self)
        shape = self.form["image_shape"]
        support_x, classes, labels = checked_support(support_x, support_y, shape)
        check_ways(self, len(classes))
        query_x = checked_query(query_x, shape)
        arrays = [ops.convert_to_tensor(a) for a in (support_x, labels, query_x)]
        values = [ops.convert_to_tensor(v) for v in self.trainable_variables]
        return ops.convert_to_numpy(self._predictor(len(classes))(values, *arrays))

    def _predictor(self, ways):
        """The compiled `probabilities` of so many classes."""
        if ways not in self._predictors:
            self._predictors[ways] = backend.jit(
                lambda values, *arrays: self.probabilities(
                    self.theta(values), *arrays, ways
                ),
                xla=False,
            )
        return self._predictors[ways]

    def probabilities(self, theta, support_x, support_y, query_x, ways):
        """softmax of the logits, `(queries, ways)`."""
        return ops.softmax(self.logits(theta, support_x, support_y, query_x, ways))

    def save(self, path):
        """Writes configuration and theta to a `.keras` file, whole or not at all.

        Raises:
            ValueError: it is not fitted, or the path does not end with `.keras`.
        """
        check_fitted(self)
        write_keras(self, path)

    def get_config(self):
        return {
            **super().get_config(),
            "embedding": self.embedding_kind,
            "widths": self.widths,
            "statistics": self.statistics,
            "seed": self.seed,
            "form": self.form,
        }
