"""Base model and linear head as one function of their weights.

Inductive, here and wherever these weights predict: all batch normalisation uses the
moments of the support, so that no query influences what is said of another.
"""

import itertools
from typing import Any, NamedTuple

import numpy as np
from keras import ops

from learned_update.baselines.shared.rows import checked_rows, fitting_rows
from learned_update.errors import invalid
from learned_update.few_shot.embeddings.batch_norm import batch_moments
from learned_update.few_shot.gradient.inner_steps import gradient_of
from learned_update.few_shot.objective import cross_entropy


class Weights(NamedTuple):
    """Weights of a base model and of a linear head on it, or a change of them.

    Attributes:
        kernels: `(in, out)` each, bottom to top, the head's last.
        biases: `(out,)` each.
    """

    kernels: tuple[Any, ...]
    biases: tuple[Any, ...]


def initial_weights(base, inputs, classes, rng):
    """Uniform kernels after Glorot and Bengio (2010), biases of 0.

    Args:
        base: `BaseMLP`.
        inputs: width of the inputs.
        classes: width of the head.
        rng: NumPy generator.

    Returns:
        `Weights` of float32 arrays.
    """
    kernels = []
    for shape in itertools.pairwise((inputs, *base.units, classes)):
        limit = np.sqrt(6 / sum(shape))  # a variance of 2 / (in + out)
        kernels.append(rng.uniform(-limit, limit, shape).astype("float32"))
    biases = [np.zeros(kernel.shape[1], "float32") for kernel in kernels]
    return Weights(tuple(kernels), tuple(biases))


def forward(base, weights, x, moments=None):
    """Logits of the head on the base model, and the moments that normalised them.

    Agrees with `BaseMLP.embed` but for its second derivatives: TensorFlow's own
    moments, which that one uses, have a wrong one (2.21).

    Args:
        base: `BaseMLP`.
        weights: `Weights`.
        x: `(batch, inputs)`.
        moments: per layer, `(mean, variance)` of the products x W; those of this batch
            if None.

    Returns:
        Logits `(batch, classes)`, and moments.
    """
    *layers, head = zip(weights.kernels, weights.biases, strict=True)
    used = []
    for level, (kernel, bias) in enumerate(layers):
        product = ops.matmul(x, kernel)
        used.append(batch_moments(product) if moments is None else moments[level])
        mean, variance = used[-1]
        scale = ops.rsqrt(variance + base.epsilon)
        x = base.activation((product - mean) * scale + bias)
    return ops.matmul(x, head[0]) + head[1], used


def support_loss(base, weights, support, labels):
    """`cross_entropy` of a batch that is normalised by itself.

    Args:
        base: `BaseMLP`.
        weights: `Weights`.
        support: `(examples, inputs)`.
        labels: `(examples,)` integers.

    Returns:
        A scalar.
    """
    return cross_entropy(forward(base, weights, support)[0], labels)


def query_logits(base, weights, support, query):
    """Logits with the moments of the support.

    Args:
        base: `BaseMLP`.
        weights: `Weights`.
        support: `(supports, inputs)`.
        query: `(queries, inputs)`.

    Returns:
        `(queries, classes)`.
    """
    _, moments = forward(base, weights, support)
    return forward(base, weights, query, moments)[0]


def query_loss(base, weights, support, query, labels):
    """`cross_entropy` of `query_logits`, a scalar."""
    return cross_entropy(query_logits(base, weights, support, query), labels)


def support_gradient(base, weights, support, labels):
    """Gradient of `support_loss`, `Weights`; it can be differentiated again."""
    return gradient_of(
        lambda weights: support_loss(base, weights, support, labels), weights
    )


def class_labels(ways, examples):
    """Labels of rows that come class by class, `(examples,)` int32."""
    return np.repeat(np.arange(ways, dtype="int32"), examples // ways)


def draw_together(episodes, rngs):
    """Support and query of a task per generator, leading `tasks` axis.

    Args:
        episodes: `TaskEpisodes`.
        rngs: NumPy generators.
    """
    supports, queries = zip(*map(episodes.draw, rngs), strict=True)
    return np.stack(supports), np.stack(queries)


class Adapted:
    """A classifier that an inner loop made of a support.

    Args:
        base: `BaseMLP`.
        weights: `Weights`.
        support: `(supports, inputs)`, whose moments normalise all that is predicted.
        classes: labels by index, ascending, `(classes,)`.
    """

    def __init__(self, base, weights, support, classes):
        self.base = base
        self.weights = weights
        self.support = support
        self.classes = classes

    def predict(self, pixels):
        """Labels `(examples,)` of `pixels`, `(examples, inputs)`."""
        pixels = fitting_rows(pixels, self.support.shape[1])
        logits = query_logits(self.base, self.weights, self.support, pixels)
        return self.classes[np.argmax(ops.convert_to_numpy(logits), axis=-1)]


def checked_support(support, labels):
    """A support as inner loops take it.

    Args:
        support: `(supports, inputs)`, at least two.
        labels: `(supports,)`, of at least two classes.

    Returns:
        `(support, classes, indices)`: float32 rows, the labels that occur, ascending,
        and which of them each row has, int32.

    Raises:
        ValueError: if the labels do not fit the examples or are of one class, or the
            examples are not finite.
    """
    support, labels = checked_rows(support, minimum=2), np.asarray(labels)
    classes, indices = np.unique(labels, return_inverse=True)
    if labels.shape != (len(support),) or len(classes) < 2:
        raise invalid(
            "An inner loop cannot learn from this support.",
            expected=f"one label for each of the {len(support)} rows, of at least 2 "
            "classes",
            received=f"labels of shape {labels.shape}, {len(classes)} classes",
            remedy="Pass the labels of the support, row by row.",
        )
    return support, classes, indices.astype("int32")
