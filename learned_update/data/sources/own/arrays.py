"""Arrays of users as data sets."""

import numpy as np
from scipy import sparse

from learned_update.data.dataset import Dataset, check_dataset
from learned_update.data.labels import encode_labels
from learned_update.data.sources.own.guesses import INFER
from learned_update.data.sources.own.pixels import WHITE, as_bytes, channels_last
from learned_update.data.sources.own.precision import as_float32
from learned_update.errors import invalid


def from_arrays(
    images,
    labels=None,
    class_names=None,
    name="arrays",
    channels_first=INFER,
    pixels=INFER,
    columns=(),
):
    """A data set of what is in memory.

    Args:
        images: rows `(examples, inputs)`, grey images `(examples, height, width)` or
            images `(examples, height, width, channels)`; a NumPy array or what NumPy
            makes one of, or a sparse matrix of SciPy. uint8 is kept, not copied, and
            means 0 to 255; bool becomes 0 and 255; other numbers become float32, and
            are centred first if float32 would blur them, see `as_float32`.
        labels: one per example, of any hashable type, None or NaN where unknown, see
            `encode_labels`; None if all are unknown.
        class_names: names that integer labels index; None sorts the labels that occur
            and names the classes after them.
        name: what messages and tables call the data set.
        channels_first: True for images `(examples, channels, height, width)`; "infer"
            takes them so if that alone gives 1, 3 or 4 channels, with a warning.
        pixels: True if the numbers are pixels from 0 to 255 whatever their type, False
            if they are at the scale that the base model sees; "infer" takes images of
            integers in 0..255 for pixels, with a warning.
        columns: names of the inputs of rows, for messages.

    Returns:
        `Dataset`.

    Raises:
        ValueError: if `images` is no array of finite numbers of such a shape, has
            masked cells or varies too finely, or the labels do not fit it.
    """
    images = as_bytes(_numbers(images, name), pixels, name)
    if images.dtype != np.uint8:
        images = as_float32(images, name, tuple(columns))
    images = _with_channels(images, channels_first, name)
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
    """`images` as an array of real numbers that float32 can hold."""
    _check_unmasked(images, name)
    if sparse.issparse(images):
        images = images.toarray()
    try:
        images = np.asarray(images)
    except ValueError as error:  # rows of different lengths
        raise _not_numbers(name, str(error)) from error
    if images.dtype.kind not in "biuf":
        raise _not_numbers(name, f"{images.dtype} of shape {images.shape}")
    if images.dtype == bool:
        return np.where(images, np.uint8(WHITE), np.uint8(0))
    if images.dtype.kind == "f":
        _check_finite(images, name)
    return images


def _check_unmasked(images, name):
    rows = images if isinstance(images, list | tuple) else ()
    if np.ma.is_masked(images) or any(map(np.ma.is_masked, rows)):
        mask = np.ma.getmaskarray(np.ma.array(images))
        first = tuple(map(int, np.unravel_index(mask.argmax(), mask.shape)))
        raise invalid(
            f"Data set {name!r} has masked values.",
            expected="an array without masked values",
            received=f"{np.count_nonzero(mask)} masked; the first at {list(first)}",
            remedy="Fill them in, such as with `numpy.ma.filled` or by imputation, or "
            "leave their examples out.",
        )


def _check_finite(numbers, name):
    finite = np.abs(numbers) <= np.finfo("float32").max
    if not finite.all():
        first = tuple(map(int, np.unravel_index(finite.argmin(), finite.shape)))
        nan = np.count_nonzero(np.isnan(numbers))
        raise invalid(
            f"Data set {name!r} holds values that are not finite.",
            expected="finite numbers in the range of float32",
            received=f"{nan} NaN and {np.count_nonzero(~finite) - nan} infinite or too "
            f"large; the first, {numbers[first]}, at {list(first)}",
            remedy="Clean or impute the data first.",
        )


def _with_channels(images, channels_first, name):
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
    return channels_last(images, channels_first, name)


def _not_numbers(name, received):
    return invalid(
        f"Data set {name!r} is no array of numbers.",
        expected="real numbers or bool, all rows of one length",
        received=received,
        remedy="Cast it with `.astype('float32')`, or encode its categories as "
        "numbers.",
    )
