"""Images brought to one size and one kind of colour."""

from numbers import Integral

import numpy as np
from PIL import Image

from learned_update.errors import invalid

GREY, COLOUR, TRANSPARENT = 1, 3, 4  # channels


def resize(image, size=None, channels=None):
    """Crops an image to its central square, resizes it and converts its colours.

    Pillow's bicubic filter, widened when an image shrinks, so that fine detail is
    averaged and not aliased. Grey is luma (ITU-R BT.601), 0.299 R + 0.587 G + 0.114 B.
    Transparent images are laid on white.

    Args:
        image: `(height, width, channels)` with 1, 3 (red, green, blue) or 4 (and
            opacity) channels, or `(height, width)`; uint8.
        size: height and width of the result; None neither crops nor resizes.
        channels: 1 for grey, 3 for colour; None keeps grey grey and colour colour.

    Returns:
        `(size, size, channels)` uint8.

    Raises:
        ValueError: if the image has another type or shape, or there is no such size
            or number of channels.
    """
    check_request(size, channels)
    image = np.asarray(image)
    if image.ndim == 2:
        image = image[..., None]
    _check_images(image, dimensions=3)
    return _resized(image, size, channels)


def resize_all(images, size=None, channels=None):
    """`resize` of every image of an array.

    Args:
        images: `(examples, height, width, channels)` uint8.
        size: as in `resize`.
        channels: as in `resize`.

    Returns:
        `(examples, size, size, channels)` uint8; `images` itself if nothing is to be
        done.

    Raises:
        ValueError: as `resize` does.
    """
    check_request(size, channels)
    images = np.asarray(images)
    _check_images(images, dimensions=4)
    examples, height, width, present = images.shape
    shape = (
        height if size is None else size,
        width if size is None else size,
        channels or min(present, COLOUR),
    )
    if images.shape[1:] == shape:
        return images
    result = np.empty((examples, *shape), "uint8")
    for row, image in zip(result, images, strict=True):
        row[...] = _resized(image, size, channels)
    return result


def lay_on_white(picture):
    """A transparent Pillow image in front of white, in colour."""
    picture = picture.convert("RGBA")
    white = Image.new("RGBA", picture.size, "white")
    return Image.alpha_composite(white, picture).convert("RGB")


def _resized(image, size, channels):
    if image.shape[-1] == TRANSPARENT:
        picture = lay_on_white(Image.fromarray(np.ascontiguousarray(image)))
    elif image.shape[-1] == GREY:
        picture = Image.fromarray(np.ascontiguousarray(image[..., 0]))
    else:
        picture = Image.fromarray(np.ascontiguousarray(image))
    if channels is not None:
        picture = picture.convert("L" if channels == GREY else "RGB")
    if size is not None:
        picture = _central_square(picture).resize(
            (size, size), Image.Resampling.BICUBIC
        )
    pixels = np.asarray(picture)
    return pixels[..., None] if pixels.ndim == 2 else pixels


def _central_square(picture):
    side = min(picture.size)
    left, top = (picture.width - side) // 2, (picture.height - side) // 2
    return picture.crop((left, top, left + side, top + side))


def check_request(size, channels):
    """Raises `ValueError` if `resize` knows no such size or number of channels."""
    if size is not None and (not isinstance(size, Integral) or size < 1):
        raise invalid(
            "Images cannot be resized to this size.",
            expected="an integer of at least 1, or None",
            received=f"size={size}",
            remedy="Give None to keep the size.",
        )
    if channels not in (None, GREY, COLOUR):
        raise invalid(
            "Images cannot be converted to this number of channels.",
            expected="1 (grey), 3 (colour) or None",
            received=f"channels={channels}",
            remedy="Give None to keep grey grey and colour colour.",
        )


def _check_images(images, dimensions):
    sound = images.dtype == np.uint8 and images.ndim == dimensions
    if not sound or images.shape[-1] not in (GREY, COLOUR, TRANSPARENT):
        axes = "(height, width, channels)"
        if dimensions > 3:
            axes = "(examples, height, width, channels)"
        raise invalid(
            "These are no images that can be resized.",
            expected=f"uint8 of shape {axes} with 1, 3 or 4 channels",
            received=f"{images.dtype} of shape {images.shape}",
            remedy="Scale values to 0..255 and cast them with `.astype('uint8')`.",
        )
