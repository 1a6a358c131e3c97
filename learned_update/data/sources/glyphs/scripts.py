"""Characters of many scripts, rendered from fonts in several faces."""

import functools
import operator

import gin
import numpy as np

from learned_update.data.catalogue.writing_systems import (
    HELD_OUT_SCRIPTS,
    META_TRAIN_SCRIPTS,
    script_characters,
)
from learned_update.data.dataset import Dataset
from learned_update.data.sources.glyphs.fonts import (
    NO_CHARACTER,
    load_faces,
    shipped_fonts,
)
from learned_update.data.sources.glyphs.kept import kept
from learned_update.data.sources.glyphs.rendering import EM, bitmap, jitter, render
from learned_update.errors import invalid
from learned_update.randomness import generator

LEAST_FACES = 4  # faces that a character needs to be a class
LEAST_SIZE = 4  # pixels

COMPARISON_SIZE = 8  # characters that look the same at this size share no data set
LEAST_DISTANCE = 0.04  # see `_distances`


@gin.configurable(module="learned_update")
def glyphs(script, size=8, renderings=32, seed=0, fonts=None):
    """Renders the characters of a script, each character a class.

    Every character is drawn in turn in each face that has it, its ink centred and
    scaled to the image, with a random rotation, shear, aspect, scale and shift. What
    was drawn is kept on disk (`kept`).

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
        raise invalid(
            "Glyphs cannot be rendered at this size or in this number.",
            expected=f"size of at least {LEAST_SIZE}, renderings of at least 1",
            received=f"size={size}, renderings={renderings}",
            remedy="Give larger numbers.",
        )
    return kept(
        f"glyphs/{script}",
        functools.partial(_drawn, script, size, renderings, seed, fonts),
        fonts,
        size=operator.index(size),
        renderings=operator.index(renderings),
        seed=operator.index(seed),
    )


def _drawn(script, size, renderings, seed, fonts):
    """The `Dataset` that `glyphs` returns."""
    alphabet = _alphabet(script, fonts)
    if not alphabet:
        raise invalid(
            f"No character of script {script!r} is in {LEAST_FACES} faces.",
            expected=f"fonts with its characters in at least {LEAST_FACES} faces",
            received=f"fonts={str(fonts or shipped_fonts())!r}",
            remedy="Give other fonts, or a script of `scripts(fonts)`.",
        )
    images = []
    for character, row in alphabet.items():
        drawn = [image for image in row if image is not None]
        bitmaps = [drawn[i % len(drawn)] for i in range(renderings)]
        rng = generator(seed, ord(character))
        images.append(render(bitmaps, size, *jitter(rng, renderings)))
    return Dataset(
        name=f"glyphs/{script}",
        images=np.concatenate(images)[..., None],
        labels=np.repeat(np.arange(len(alphabet), dtype="int32"), renderings),
        class_names=tuple(alphabet),
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
    """Bitmaps of the characters that can be told apart.

    Returns:
        `{character: [bitmap or None for each face]}`.
    """
    faces = load_faces(fonts, EM)
    blanks = [bitmap(face, NO_CHARACTER) for face in faces]
    available = frozenset().union(*(face.characters for face in faces))
    drawn = {}
    for character in script_characters(script, available):
        bitmaps = [
            bitmap(face, character) if character in face.characters else None
            for face in faces
        ]
        bitmaps = [
            None if image == blank else image
            for image, blank in zip(bitmaps, blanks, strict=True)
        ]
        if sum(image is not None for image in bitmaps) >= LEAST_FACES:
            drawn[character] = bitmaps
    if not drawn:
        return {}
    distinct = _distinct(_references(list(drawn.values())))
    return {c: drawn[c] for c, kept in zip(drawn, distinct, strict=True) if kept}


def _references(alphabet):
    """Unjittered images, `(characters, faces, pixels)` in [0, 1]; 0 if not drawn."""
    drawn = np.array([[image is not None for image in row] for row in alphabet])
    bitmaps = [image for row in alphabet for image in row if image is not None]
    references = np.zeros((*drawn.shape, COMPARISON_SIZE**2), "float32")
    images = render(bitmaps, COMPARISON_SIZE)
    references[drawn] = images.reshape(len(images), -1) / np.float32(255)
    return references


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
