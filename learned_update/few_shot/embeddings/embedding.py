"""The networks that turn images into features: an MLP, and the field's convolution."""

from typing import NamedTuple

import numpy as np
from keras import ops

from learned_update.errors import invalid
from learned_update.few_shot.embeddings.batch_norm import batch_moments, normalised
from learned_update.few_shot.embeddings.initial import glorot

CONVOLUTION, STRIDED, MLP = "convolution", "strided", "mlp"
WIDTHS = {  # by the embedding's name
    CONVOLUTION: (64, 64, 64, 64),  # Vinyals et al. (2016)
    STRIDED: (64, 64, 64, 64),  # Finn et al. (2017), for Omniglot
    MLP: (128, 128, 128, 128, 32),  # the base model of the update rule
}
_FIELD, _POOL = 3, 2  # sizes of kernels and of pooling windows or strides, in pixels


class Embedding(NamedTuple):
    """Blocks of a linear map, batch normalisation, offset and relu, one per width.

    An MLP sees the pixels as a row. A convolution's blocks are 3x3, padded with zeros,
    each followed by a maximum over 2x2 pixels; a strided one's move by 2 pixels
    instead, at about a third of the cost. What is left after the last is a row.

    Attributes:
        kind: `"convolution"`, `"strided"` or `"mlp"`.
        image_shape: `(height, width, channels)`.
        widths: units or filters of each block.
        pooled: how many of the first blocks halve the sides; None for all.
    """

    kind: str
    image_shape: tuple[int, ...]
    widths: tuple[int, ...]
    pooled: int | None = None

    @property
    def map_shape(self):
        """`(height, width, channels)` of what the last block gives; `(units,)`."""
        if self.kind == MLP:
            return (self.widths[-1],)
        halved = len(self.widths) if self.pooled is None else self.pooled
        up = _POOL**halved - 1 if self.kind == STRIDED else 0  # strides round up
        height, width = ((side + up) // _POOL**halved for side in self.image_shape[:2])
        return height, width, self.widths[-1]

    @property
    def features(self):
        """Width of a row of features."""
        return int(np.prod(self.map_shape))

    def initial(self, rng):
        """Initial weights: a tuple of `(kernel, offset)`, float32."""
        if self.kind == MLP:
            inputs, field = int(np.prod(self.image_shape)), ()
        else:
            inputs, field = self.image_shape[-1], (_FIELD, _FIELD)
        weights = []
        for width in self.widths:
            kernel = glorot(rng, *field, inputs, width)
            weights.append((kernel, np.zeros(width, "float32")))
            inputs = width
        return tuple(weights)

    def maps(self, weights, x, moments=None):
        """What the last block gives, and the moments that normalised each block.

        Args:
            weights: as of `initial`.
            x: `(batch, height, width, channels)`.
            moments: per block `(mean, variance)`; those of this batch if None.

        Returns:
            `(batch, *map_shape)`, and a tuple of moments.
        """
        if self.kind == MLP:
            x = ops.reshape(x, (x.shape[0], -1))
        used = []
        for level, (kernel, offset) in enumerate(weights):
            halves = self.pooled is None or level < self.pooled
            if self.kind == MLP:
                x = ops.matmul(x, kernel)
            else:
                stride = _POOL if halves and self.kind == STRIDED else 1
                x = ops.conv(x, kernel, stride, padding="same")
            used.append(batch_moments(x) if moments is None else moments[level])
            if halves and self.kind == CONVOLUTION:
                # what follows never falls as x grows: the maximum may come first
                x = ops.max_pool(x, _POOL, padding="valid")
            x = ops.relu(normalised(x, used[-1]) + offset)
        return x, tuple(used)

    def __call__(self, weights, x, moments=None):
        """As `maps`, with rows of features `(batch, features)`."""
        x, used = self.maps(weights, x, moments)
        return ops.reshape(x, (x.shape[0], self.features)), used


def embedding_of(kind, image_shape, widths=None, pooled=None):
    """An `Embedding` for images of a shape.

    Args:
        kind: `"convolution"`, `"strided"` or `"mlp"`.
        image_shape: `(height, width, channels)`; for an MLP also `(inputs,)`.
        widths: of the blocks; None takes the kind's own (`WIDTHS`).
        pooled: as in `Embedding`.

    Raises:
        ValueError: if there is no such kind, or the images are too small for it.
    """
    if kind not in WIDTHS:
        raise invalid(
            f"There is no embedding {kind!r}.",
            expected=f"one of {', '.join(WIDTHS)}",
            received=repr(kind),
            remedy="Name one of these.",
        )
    widths = tuple(WIDTHS[kind] if widths is None else widths)
    embedding = Embedding(kind, tuple(image_shape), widths, pooled)
    if kind != MLP and (len(image_shape) != 3 or not embedding.features):
        least = _POOL ** (len(widths) if pooled is None else pooled)
        raise invalid(
            "These images are too small for the convolution.",
            expected=f"shape (height, width, channels), at least {least}x{least} for "
            f"{len(widths)} blocks",
            received=f"shape {tuple(image_shape)}",
            remedy='Take larger images, or embedding="mlp".',
        )
    return embedding
