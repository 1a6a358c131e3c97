"""Font faces and the characters that they can draw."""

import functools
import io
import pathlib
from typing import NamedTuple

import matplotlib
from fontTools.ttLib import TTFont
from PIL import ImageFont

from learned_update.errors import invalid

# Fonts of symbols and of placeholders, which matplotlib ships beside its text fonts.
NOT_FOR_TEXT = ("LastResort", "STIXNonUni", "STIXSiz", "cm")
NO_CHARACTER = "\U0010ffff"  # in no font: draws the sign for missing glyphs


class Face(NamedTuple):
    """One face of a font family.

    Attributes:
        name: name of the file.
        characters: what the face has glyphs for, by its character map.
        font: Pillow's font, at `pixels` per em.
    """

    name: str
    characters: frozenset[str]
    font: ImageFont.FreeTypeFont


def shipped_fonts():
    """The folder of fonts that matplotlib ships."""
    return pathlib.Path(matplotlib.get_data_path(), "fonts", "ttf")


def load_faces(folder=None, pixels=48):
    """Opens the text fonts of a folder, sorted by name.

    Args:
        folder: a folder of TTF and OTF files; None takes matplotlib's own.
        pixels: pixels per em.

    Returns:
        A tuple of `Face`s.

    Raises:
        ValueError: if the folder has no fonts, or a file is not a font.
    """
    return _load_faces(pathlib.Path(folder or shipped_fonts()), pixels)


@functools.lru_cache(maxsize=8)  # reading character maps takes longer than drawing
def _load_faces(folder, pixels):
    paths = sorted(
        path
        for path in folder.glob("*")
        if path.suffix.lower() in (".ttf", ".otf")
        and not path.name.startswith(NOT_FOR_TEXT)
    )
    if not paths:
        raise invalid(
            "The folder of fonts has no fonts, or does not exist.",
            expected="a folder of TTF or OTF files",
            received=f"{str(folder)!r}",
            remedy="Give another folder, or None for the fonts of matplotlib.",
        )
    return tuple(_load_face(path, pixels) for path in paths)


def _load_face(path, pixels):
    try:
        with TTFont(io.BytesIO(path.read_bytes()), lazy=True) as file:
            characters = frozenset(map(chr, file.getBestCmap() or ()))
        font = ImageFont.truetype(
            str(path), pixels, layout_engine=ImageFont.Layout.BASIC
        )
    except Exception as error:
        raise invalid(
            "A font cannot be read.",
            expected="a TTF or OTF font",
            received=f"{str(path)!r} ({error})",
            remedy="Take the file out of the folder.",
        ) from error
    return Face(path.name, characters, font)
