"""Bitmaps of characters, and images of them under random affine maps."""

import numpy as np
from PIL import Image, ImageDraw

EM = 48  # pixels per em of the bitmaps that all images are made of
SUPERSAMPLING = 4  # pixels averaged along each axis for one pixel of the image

# Half-widths of uniform jitter.
ROTATION = 0.25  # radians
SHEAR = 0.25
LOG_ASPECT = 0.2
SHIFT = 0.08  # of the image size
SCALE = (0.7, 1.0)  # longer side of the glyph, of the image size
UPRIGHT, CENTRED = np.eye(2)[None], np.zeros((1, 2))  # no jitter


def bitmap(face, character):
    """Draws a character's ink with a margin of one pixel.

    Args:
        face: `Face`.
        character: a string of length 1.

    Returns:
        A grey Pillow image; None if there is no ink.
    """
    left, top, right, bottom = face.font.getbbox(character)
    image = Image.new("L", (right - left + 2, bottom - top + 2))
    ImageDraw.Draw(image).text((1 - left, 1 - top), character, 255, face.font)
    ink = image.getbbox()
    if ink is None:
        return None
    left, top, right, bottom = ink
    return image.crop((left - 1, top - 1, right + 1, bottom + 1))


def jitter(rng, count):
    """Random maps from image to glyph coordinates, before the glyph is fitted.

    Args:
        rng: NumPy generator.
        count: how many.

    Returns:
        Matrices `(count, 2, 2)` and shifts `(count, 2)` in units of the image size.
    """
    angle, shear, aspect, *shift = (
        rng.uniform(-1, 1, (5, count))
        * np.array([ROTATION, SHEAR, LOG_ASPECT, SHIFT, SHIFT])[:, None]
    )
    scale = rng.uniform(*SCALE, count)
    cos, sin, stretch = np.cos(angle), np.sin(angle), np.exp(aspect / 2)
    rotations = np.array([[cos, sin], [-sin, cos]])
    shears = np.array([[stretch, shear], [np.zeros(count), 1 / stretch]]) / scale
    return np.einsum("ijn,jkn->nik", rotations, shears), np.transpose(shift)


def render(bitmaps, size, matrices=UPRIGHT, shifts=CENTRED):
    """Fits each bitmap into an image, under its own affine map.

    Args:
        bitmaps: Pillow images with a margin of one pixel.
        size: height and width of the results.
        matrices: from `jitter`.
        shifts: from `jitter`.

    Returns:
        `(bitmaps, size, size)` uint8.
    """
    fine = SUPERSAMPLING * size
    extents = np.array([bitmap.size for bitmap in bitmaps], "float64")
    scales = (extents.max(axis=1) - 2) / fine
    matrices = matrices * scales[:, None, None]
    centres = np.broadcast_to(fine * (0.5 + shifts), extents.shape)
    origins = extents / 2 - np.einsum("nij,nj->ni", matrices, centres)
    maps = np.concatenate([matrices, origins[:, :, None]], axis=2)  # (bitmaps, 2, 3)
    images = b"".join(
        bitmap.transform(
            (fine, fine), Image.Transform.AFFINE, row, Image.Resampling.BILINEAR
        ).tobytes()
        for bitmap, row in zip(bitmaps, maps.reshape(-1, 6).tolist(), strict=True)
    )
    blocks = (len(bitmaps), size, SUPERSAMPLING, size, SUPERSAMPLING)
    sums = np.frombuffer(images, "uint8").reshape(blocks).sum((2, 4), "uint16")
    return np.rint(sums / SUPERSAMPLING**2).astype("uint8")
