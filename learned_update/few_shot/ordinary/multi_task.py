"""Multi-task training: one trunk, a head for each of some fixed tasks."""

import keras
from keras import ops

from learned_update.few_shot.embeddings.pair import embed_pair
from learned_update.few_shot.gradient.network import head_logits, initial_network
from learned_update.few_shot.learner import PACKAGE, Learner
from learned_update.few_shot.objective import cross_entropy
from learned_update.few_shot.ordinary.head_fitting import fitted_head

OTHER_TASK = -1e9  # logit of a class that another task's head tells apart


def own_task_logits(logits, labels, size):
    """Logits with those of other tasks' classes out of the running.

    Class c belongs to task c // size.

    Args:
        logits: `(examples, classes)`.
        labels: class of each example, `(examples,)` int32.
        size: classes of a task.
    """
    tasks = ops.arange(logits.shape[-1], dtype="int32") // size
    foreign = ops.expand_dims(labels // size, 1) != tasks
    return logits + OTHER_TASK * ops.cast(foreign, logits.dtype)


@keras.saving.register_keras_serializable(PACKAGE)
class MultiTask(Learner):
    """A trunk trained on fixed tasks together, each with its own head.

    Meta-training's classes make up tasks of as many classes as an episode, in their
    order; the loss is the cross-entropy of each example among the classes of its task.
    A new task gets a new head, by Adam on the trunk's features. Free in ways and
    shots.

    Args:
        head_steps: of Adam on a new head.
        head_rate: of these.
        **settings: of `Learner`.
    """

    method = "multi-task"

    def __init__(self, head_steps=100, head_rate=0.01, **settings):
        self.head_steps = head_steps
        self.head_rate = head_rate
        super().__init__(**settings)

    def initial(self, rng):
        return initial_network(self.embedding, rng, self.form["classes"])

    def loss(self, theta, episode):
        x = ops.concatenate([episode.support_x, episode.query_x], axis=0)
        y = ops.concatenate([episode.support_y, episode.query_y], axis=0)
        labels = ops.take(episode.classes, y, axis=0)
        features, _ = self.embedding(theta["embedding"], x)
        return self.class_loss(head_logits(theta["head"], features), labels)

    def class_loss(self, logits, labels):
        """Loss of examples whose class among all of meta-training is known."""
        return cross_entropy(own_task_logits(logits, labels, self.ways), labels)

    def logits(self, theta, support_x, support_y, query_x, ways):
        support, query = embed_pair(
            self.embedding, theta["embedding"], support_x, query_x, self.statistics
        )
        head = fitted_head(support, support_y, ways, self.head_steps, self.head_rate)
        return head_logits(head, query)

    def get_config(self):
        return {
            **super().get_config(),
            "head_steps": self.head_steps,
            "head_rate": self.head_rate,
        }
