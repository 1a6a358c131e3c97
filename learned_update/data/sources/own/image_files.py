"""Image files of any kind as 8-bit pixels."""

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from learned_update.data.preparation.resizing import lay_on_white
from learned_update.errors import invalid

# Of these Pillow knows the name, but another program or a plugin would have to draw
# them: Ghostscript, Windows, or nothing that comes with it.
_NOT_DRAWN = {"BUFR", "EPS", "GRIB", "HDF5", "MPEG", "WMF"}
_GREY_MODES = ("1", "L", "LA")
_PALETTE_MODES = ("P", "PA")  # grey if all colours that occur are
_SIXTEEN_TO_EIGHT_BITS = 257  # 65535 / 255


def formats():
    """Pillow's names of the formats that are read, with those of its plugins."""
    Image.init()
    return tuple(
        kind for kind in Image.ID if kind in Image.OPEN and kind not in _NOT_DRAWN
    )


def suffixes():
    """The suffixes of files of these formats, in lower case."""
    known = Image.registered_extensions()
    readable = set(formats())
    return frozenset(suffix for suffix, kind in known.items() if kind in readable)


def is_image(path):
    """Whether the content of a file is an image, whatever its name; or may be one.

    A file that cannot be opened may be: `read_image` says what is wrong with it.
    """
    try:
        Image.open(path, formats=formats()).close()
    except UnidentifiedImageError:
        return False
    except Exception:  # it is an image, but for example far too large
        return True
    return True


def read_image(path):
    """Pixels of an image file.

    Of animations the first frame is read. Cameras' notes on orientation are followed,
    transparent images laid on white, 16 bits rounded to 8.

    Args:
        path: a file of one of `formats()`, whatever its name.

    Returns:
        `(height, width)` uint8 if the image is grey, else `(height, width, 3)`.

    Raises:
        ValueError: if the file is corrupt or truncated, cannot be opened, or holds
            something else.
    """
    try:
        with Image.open(path, formats=formats()) as file:
            return _pixels(ImageOps.exif_transpose(file))
    except Exception as error:  # Pillow's decoders raise many kinds
        raise invalid(
            f"{path} cannot be read.",
            expected="an image that Pillow can read, of at most 16 bits per channel",
            received=f"{type(error).__name__}: {error}",
            remedy="Take the file away, or leave unreadable files out with "
            "on_error='skip' (in gin from_path.on_error).",
        ) from error


def _pixels(picture):
    if picture.mode.startswith("I"):
        return _from_sixteen_bits(np.asarray(picture))
    if picture.mode == "F":
        raise ValueError("its pixels are floating-point numbers")
    mode = picture.mode
    if picture.has_transparency_data:
        picture = lay_on_white(picture)
    if mode in _GREY_MODES:
        return np.asarray(picture.convert("L"))
    pixels = np.asarray(picture.convert("RGB"))
    if mode in _PALETTE_MODES and (pixels == pixels[..., :1]).all():
        return pixels[..., 0]
    return pixels


def _from_sixteen_bits(pixels):
    if pixels.min() < 0 or pixels.max() > np.iinfo("uint16").max:
        raise ValueError("its pixels have more than 16 bits")
    return np.rint(pixels / _SIXTEEN_TO_EIGHT_BITS).astype("uint8")
