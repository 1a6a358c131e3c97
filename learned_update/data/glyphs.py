"""Characters of many scripts, rendered from fonts in several faces."""

import collections

import numpy as np
from PIL import Image, ImageDraw

from learned_update.data.dataset import Dataset
from learned_update.data.fonts import NO_CHARACTER, load_faces
from learned_update.data.scripts import (
    HELD_OUT_SCRIPTS,
    META_TRAIN_SCRIPTS,
    script_characters,
)
from learned_update.randomness import generator

LEAST_FACES = 4  # faces that a character needs to be a class
LEAST_SIZE = 4  # pixels

EM = 48  # pixels per em of the bitmaps that all images are made of
SUPERSAMPLING = 4  # pixels averaged along each axis for one pixel of the image
COMPARISON_SIZE = 8  # characters that look the same at this size share no data set
LEAST_DISTANCE = 0.04  # see `_distances`

# Half-widths of uniform jitter.
ROTATION = 0.15  # radians
SHEAR = 0.15
LOG_ASPECT = 0.12
SHIFT = 0.06  # of the image size
SCALE = (0.75, 1.0)  # longer side of the glyph, of the image size


def glyphs(script, size=8, renderings=40, seed=0, fonts=None):
    """Renders the characters of a script, each character a class.

    Every character is drawn in turn in each face that has it, its ink centred and
    scaled to the image, with a small random rotation, shear, aspect, scale and shift.

    Args:
        script: a name in `META_TRAIN_SCRIPTS` or `HELD_OUT_SCRIPTS`.
        size: height and width of the images, at least 4.
        renderings: images per character.
        seed: integer; characters draw their jitter independently of each other.
        fonts: a folder of TTF and OTF files; None takes those of matplotlib.

    Returns:
        `Dataset` of light characters on dark ground, `(examples, size, size, 1)`,
        character by character.

    Raises:
        ValueError: if there is no such script, if the fonts have none of its
            characters in four faces, or if a number is too small.
    """
    if size < LEAST_SIZE or renderings < 1:
        raise ValueError(
            f"`size` must be at least {LEAST_SIZE} and `renderings` at least 1. "
            f"Received: size={size}, renderings={renderings}. Give larger ones."
        )
    bitmaps = _alphabet(script, fonts)
    if not bitmaps:
        raise ValueError(
            f"Each character of a script must be in {LEAST_FACES} font faces or more. "
            f"Received: script={script!r}, fonts={str(fonts or 'matplotlib')!r} with "
            "no such character. `scripts(fonts)` lists what these fonts can render."
        )
    images = [
        _render(
            [faces[rendering % len(faces)] for rendering in range(renderings)],
            size,
            *_jitter(generator(seed, ord(character)), renderings),
        )
        for character, faces in bitmaps.items()
    ]
    return Dataset(
        name=f"glyphs/{script}",
        images=np.concatenate(images)[..., None],
        labels=np.repeat(np.arange(len(bitmaps), dtype="int32"), renderings),
        class_names=tuple(bitmaps),
    )


def scripts(fonts=None, minimum_classes=20):
    """Names of the scripts that some fonts can render.

    Args:
        fonts: a folder of TTF and OTF files; None takes those of matplotlib.
        minimum_classes: characters that a script must have.

    Returns:
        A tuple of names, meta-training scripts first.
    """
    return tuple(
        script
        for script in META_TRAIN_SCRIPTS + HELD_OUT_SCRIPTS
        if len(_alphabet(script, fonts)) >= minimum_classes
    )


def _alphabet(script, fonts):
    """Bitmaps of the characters that can be told apart: `{character: bitmaps}`."""
    faces = load_faces(fonts, EM)
    blanks = [_bitmap(face, NO_CHARACTER) for face in faces]
    available = frozenset().union(*(face.characters for face in faces))
    drawn = {}  # character: a bitmap per face, or None
    for character in script_characters(script, available):
        bitmaps = [
            _bitmap(face, character) if character in face.characters else None
            for face in faces
        ]
        bitmaps = [None if b == blank else b for b, blank in zip(bitmaps, blanks)]
        if sum(bitmap is not None for bitmap in bitmaps) >= LEAST_FACES:
            drawn[character] = bitmaps
    distinct = _distinct(_references(drawn.values()))
    return {
        character: [bitmap for bitmap in bitmaps if bitmap is not None]
        for (character, bitmaps), kept in zip(drawn.items(), distinct)
        if kept
    }


def _bitmap(face, character):
    """The ink of a character with a margin of one pixel; None if there is none."""
    left, top, right, bottom = face.font.getbbox(character)
    image = Image.new("L", (right - left + 2, bottom - top + 2))
    ImageDraw.Draw(image).text((1 - left, 1 - top), character, 255, face.font)
    return image if image.getbbox() else None


def _references(alphabet):
    """Unjittered images, `(characters, faces, pixels)` in [0, 1]; 0 if not drawn."""
    blank = Image.new("L", (3, 3))
    images = [
        _render([bitmap or blank for bitmap in bitmaps], COMPARISON_SIZE)
        for bitmaps in alphabet
    ]
    flat = np.asarray(images, "float32").reshape(len(images), -1, COMPARISON_SIZE**2)
    return flat / 255


def _distances(a, b):
    r"""Mean over common faces of |a - b|^2 / (|a|^2 + |b|^2).

    Args:
        a: `(characters_a, faces, pixels)`.
        b: `(characters_b, faces, pixels)`.

    Returns:
        `(characters_a, characters_b)`, from 0 to 1; infinite without a common face.
    """
    a, b = np.swapaxes(a, 0, 1), np.swapaxes(b, 0, 1)  # faces first
    squares_a, squares_b = (a**2).sum(-1)[:, :, None], (b**2).sum(-1)[:, None]
    both = (squares_a > 0) & (squares_b > 0)
    sums = np.where(both, squares_a + squares_b, 1)
    ratios = np.where(both, 1 - 2 * (a @ np.swapaxes(b, 1, 2)) / sums, 0)
    counts = both.sum(0)
    return np.where(counts, ratios.sum(0) / np.maximum(counts, 1), np.inf)


def _distinct(references):
    """Which characters differ from all those kept before them, `(characters,)`."""
    close = _distances(references, references) < LEAST_DISTANCE
    kept = np.zeros(len(references), bool)
    for i, row in enumerate(close):
        kept[i] = not (row & kept).any()
    return kept


def _jitter(rng, count):
    """Random maps from image to glyph coordinates, before fitting the glyph.

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


def _render(bitmaps, size, matrices=np.eye(2), shifts=np.zeros(2)):
    """Fits each bitmap into an image, under its own affine map.

    Args:
        bitmaps: Pillow images with a margin of one pixel.
        size: height and width of the results.
        matrices, shifts: see `_jitter`.

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
        for bitmap, row in zip(bitmaps, maps.reshape(-1, 6).tolist())
    )
    blocks = (len(bitmaps), size, SUPERSAMPLING, size, SUPERSAMPLING)
    sums = np.frombuffer(images, "uint8").reshape(blocks).sum((2, 4), "uint16")
    return np.rint(sums / SUPERSAMPLING**2).astype("uint8")
