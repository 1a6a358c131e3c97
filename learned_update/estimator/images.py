"""Images as the encoder takes them: rows of numbers, or arrays of four axes."""

import numpy as np

from learned_update.errors import invalid


def is_images(X):
    """Whether X is an array of four axes: images, height, width and channels."""
    return getattr(X, "ndim", 2) == 4


def as_rows(X, image_shape):
    """Images as rows; what has other axes stays as it is.

    Args:
        X: `(images, height, width, channels)`, or anything else.
        image_shape: `(height, width, channels)` that is expected; None for any.

    Raises:
        ValueError: the images have another shape.
    """
    if not is_images(X):
        return X
    X = np.asarray(X)
    if image_shape is not None and X.shape[1:] != tuple(image_shape):
        raise invalid(
            "X holds images of another shape.",
            expected=f"(images, {', '.join(map(str, image_shape))})",
            received=f"shape {X.shape}",
            remedy="Resize them, or pass their image_shape.",
        )
    return X.reshape(len(X), -1)


def shape_of(X, image_shape, kind, options):
    """The shape of the images that an encoder is fitted to; None if there are none.

    Args:
        X: what `fit` is given.
        image_shape: the encoder's parameter; None takes that of X.
        kind: of the base model, a name in `BASE_MODELS`.
        options: further arguments of the base model.

    Raises:
        ValueError: a convolution is given rows, and nothing says what they show.
    """
    if kind == "mlp":
        return None
    shape = image_shape or options.get("image_shape")
    if shape is None and is_images(X):
        shape = tuple(int(size) for size in X.shape[1:])
    if shape is None and kind == "conv":
        raise invalid(
            "A convolution needs to know what images the rows are.",
            expected="image_shape=(height, width, channels), or X of four axes",
            received="image_shape=None and rows",
            remedy="Pass, for example, image_shape=(28, 28, 1).",
        )
    return shape
