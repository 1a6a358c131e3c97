"""Support and query as learners take them."""

import numpy as np

from learned_update.errors import invalid


def checked_support(support_x, support_y, image_shape):
    """A support with its labels counted from 0.

    Args:
        support_x: `(supports, *image_shape)`.
        support_y: `(supports,)`, of at least two classes.
        image_shape: of meta-training.

    Returns:
        `(support_x, classes, labels)`: float32 images, the labels that occur,
        ascending, and which of these each row has, int32.

    Raises:
        ValueError: if the shapes do not fit, there is one class, or a number is not
            finite.
    """
    support_x = checked_query(support_x, image_shape, "support")
    labels = np.asarray(support_y)
    classes, indices = np.unique(labels, return_inverse=True)
    if labels.shape != (len(support_x),) or len(classes) < 2:
        raise invalid(
            "This support teaches nothing.",
            expected=f"one label for each of its {len(support_x)} examples, of at "
            "least 2 classes",
            received=f"labels of shape {labels.shape}, {len(classes)} classes",
            remedy="Pass the labels of the support, row by row.",
        )
    return support_x, classes, indices.astype("int32")


def checked_query(x, image_shape, part="query"):
    """Images as float32, uint8 as [0, 1].

    Args:
        x: `(examples, *image_shape)`, at least one.
        image_shape: of meta-training.
        part: what messages call them.

    Raises:
        ValueError: if the shape is another, or a number is not finite.
    """
    x = np.asarray(x)
    scale = 255 if x.dtype == np.uint8 else 1
    if x.shape[1:] != tuple(image_shape) or not len(x):
        raise invalid(
            f"The {part} does not fit what the learner was meta-trained on.",
            expected=f"shape (examples, {', '.join(map(str, image_shape))})",
            received=f"shape {x.shape}",
            remedy="Bring the images to this size; a single one is `x[None]`.",
        )
    x = x.astype("float32") / np.float32(scale)
    if not np.isfinite(x).all():
        raise invalid(
            f"The {part} is not finite.",
            expected="finite numbers",
            received=f"{np.count_nonzero(~np.isfinite(x))} NaN or infinite",
            remedy="Clean the data first.",
        )
    return x
