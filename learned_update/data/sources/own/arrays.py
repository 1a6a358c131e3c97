"""Arrays of users as data sets."""

import numpy as np
from scipy import sparse

from learned_update.data.dataset import Dataset, check_dataset
from learned_update.data.labels import encode_labels
from learned_update.errors import invalid

_WHITE = 255


def from_arrays(images, labels=None, class_names=None, name="arrays"):
    """A data set of what is in memory.

    Args:
        images: rows `(examples, inputs)`, grey images `(examples, height, width)` or
            images `(examples, height, width, channels)`; a NumPy array or what NumPy
            makes one of, or a sparse matrix of SciPy. uint8 is kept, not copied, and
            means 0 to 255; bool becomes 0 and 255; other numbers become float32 as
            they are.
        labels: one per example, of any hashable type; None if unknown.
        class_names: names that integer labels index; None sorts the labels that occur
            and names the classes after them.
        name: what messages and tables call the data set.

    Returns:
        `Dataset`.

    Raises:
        ValueError: if `images` is no array of finite numbers of such a shape, or the
            labels do not fit it.
    """
    images = _with_channels(_numbers(images, name), name)
    dataset = check_dataset(Dataset(name, images))
    if labels is None:
        if class_names is not None:
            raise invalid(
                f"Data set {name!r} has class names but no labels.",
                expected="both or neither",
                received=f"class_names={tuple(class_names)!r:.80}, labels=None",
                remedy="Give labels, or leave the names out.",
            )
        return dataset
    labels, class_names = encode_labels(labels, len(images), class_names, name)
    return dataset._replace(labels=labels, class_names=class_names)


def _numbers(images, name):
    """`images` as an array of uint8, or of float32 that are finite."""
    if sparse.issparse(images):
        images = images.toarray()
    try:
        images = np.asarray(images)
    except ValueError as error:  # rows of different lengths
        raise _not_numbers(name, str(error)) from error
    if images.dtype.kind not in "biuf":
        raise _not_numbers(name, f"{images.dtype} of shape {images.shape}")
    if images.dtype == np.uint8:
        return images
    if images.dtype == bool:
        return np.where(images, np.uint8(_WHITE), np.uint8(0))
    with np.errstate(over="ignore"):  # becomes infinite, which is refused below
        numbers = images.astype("float32")
    _check_finite(numbers, images, name)
    return numbers


def _check_finite(numbers, given, name):
    finite = np.isfinite(numbers)
    if not finite.all():
        first = tuple(map(int, np.unravel_index(finite.argmin(), finite.shape)))
        nan = np.count_nonzero(np.isnan(numbers))
        raise invalid(
            f"Data set {name!r} holds values that are not finite.",
            expected="finite numbers in the range of float32",
            received=f"{nan} NaN and {np.count_nonzero(~finite) - nan} infinite or too "
            f"large; the first, {given[first]}, at {list(first)}",
            remedy="Clean or impute the data first.",
        )


def _with_channels(images, name):
    """`(examples, height, width, channels)`, whatever the axes were."""
    if images.ndim == 2:
        return images[:, None, :, None]
    if images.ndim == 3:
        return images[..., None]
    if images.ndim != 4:
        raise invalid(
            f"Data set {name!r} has another shape.",
            expected="(examples, inputs), (examples, height, width) or "
            "(examples, height, width, channels)",
            received=f"{images.shape}",
            remedy="Reshape it; a single example is `x[None]`.",
        )
    return images


def _not_numbers(name, received):
    return invalid(
        f"Data set {name!r} is no array of numbers.",
        expected="real numbers or bool, all rows of one length",
        received=received,
        remedy="Cast it with `.astype('float32')`, or encode its categories as "
        "numbers.",
    )
