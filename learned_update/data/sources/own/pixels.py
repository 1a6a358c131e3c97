"""What numbers and axes of arrays of images mean."""

import math

import numpy as np

from learned_update.data.sources.own.guesses import INFER, check_yes_or_no, say
from learned_update.errors import invalid

WHITE = 255
_DEEPEST = 65535  # of images of 16 bits
_CHANNELS = (1, 3, 4)  # grey, colour, colour and opacity
_LEAST_SIDE = 5  # pixels of an image whose first axis may be its channels


def channels_last(images, channels_first, name):
    """Images with their channels as the last axis.

    Args:
        images: `(examples, .., .., ..)`.
        channels_first: True for `(examples, channels, height, width)`; False for
            `(examples, height, width, channels)`; "infer" takes the second, unless
            only the first gives 1, 3 or 4 channels and sides of at least 5 pixels,
            which is said in a warning.
        name: what messages call the data.

    Returns:
        `(examples, height, width, channels)`.
    """
    check_yes_or_no("channels_first", channels_first)
    if channels_first == INFER:
        _, first, middle, last = images.shape
        channels_first = (
            first in _CHANNELS
            and last not in _CHANNELS
            and min(middle, last) >= _LEAST_SIDE
        )
        if channels_first:
            say(
                f"Data set {name!r} of shape {images.shape} is taken for images of "
                f"{middle} x {last} pixels with their channels first; "
                "`channels_first=False` or True says which."
            )
    return np.moveaxis(images, 1, -1) if channels_first else images


def as_bytes(images, pixels, name):
    """uint8 of what are pixels from 0 to 255 in another type; else `images`.

    Args:
        images: numbers of any real type.
        pixels: True if they are pixels from 0 to 255, fractions rounded; False if they
            are numbers at the scale that the base model sees; "infer" takes whole
            images of integers for pixels if their largest is in 2..255, which is said
            in a warning.
        name: what messages call the data.

    Raises:
        ValueError: if `pixels` is True and a value is below 0 or above 255.
    """
    check_yes_or_no("pixels", pixels)
    if images.size == 0 or pixels is False:
        return images
    least, largest = images.min(), images.max()
    if pixels is True:
        if not (least >= 0 and largest <= WHITE):
            raise invalid(
                f"Data set {name!r} has values that are no pixels.",
                expected=f"0 to {WHITE}",
                received=f"{least} to {largest}",
                remedy="Scale them, or take them as they are with `pixels=False`.",
            )
        return np.rint(images).astype("uint8")
    if images.dtype == np.uint8:
        if largest == 1:
            say(
                f"Data set {name!r} is uint8 of 0 and 1, nearly black among pixels of "
                "0 to 255: cast it to bool or float32 if it is not."
            )
        return images
    if least < 0 or largest <= 1:
        return images
    if images.ndim < 3:
        _warn_of_flat_images(images, largest, name)
        return images
    if images.dtype.kind in "iu" and largest <= WHITE:
        say(
            f"Data set {name!r} of {images.dtype} from {least} to {largest} is taken "
            "for pixels of 0 to 255, like uint8; `pixels=False` or True says which."
        )
        return images.astype("uint8")
    deep = images.dtype.kind in "iu" and largest <= _DEEPEST
    if deep or _may_be_bytes(images, largest):
        say(
            f"Data set {name!r} of {images.dtype} from {least} to {largest} is taken "
            "as it is, at the scale that the base model sees; divide it for values of "
            "0 to 1. `pixels=False` or True says which."
        )
    return images


def _warn_of_flat_images(images, largest, name):
    """Rows of as many bytes as grey or colour images of a square have pixels."""
    inputs = images.shape[-1]
    sides = [math.isqrt(inputs // channels) for channels in _CHANNELS[:2]]
    square = any(
        side >= _LEAST_SIDE and side * side * channels == inputs
        for side, channels in zip(sides, _CHANNELS, strict=False)
    )
    if square and _may_be_bytes(images, largest):
        say(
            f"Data set {name!r} has rows of {inputs} whole numbers up to {largest}, "
            "taken as they are; `pixels=True` takes them for pixels of 0 to 255, "
            "`pixels=False` says that they are none."
        )


def _may_be_bytes(images, largest):
    """Whether values that are not negative look like bytes in another type."""
    return WHITE / 2 < largest <= WHITE and bool((images == np.rint(images)).all())
