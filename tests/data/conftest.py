"""Fonts that the tests of glyphs share."""

import pytest

from tests.data.box_fonts import box, write_font


@pytest.fixture
def box_fonts(tmp_path):
    """Four faces with A and E; B is a placeholder, C blank, D like A, F in three."""
    outlines = {
        ".notdef": box((300, 0, 700, 600)),
        "placeholder": box((300, 0, 700, 600)),
        "bar": box((400, 0, 500, 700)),
        "blank": box(),
        "dash": box((100, 300, 900, 400)),
        "cross": box((400, 0, 500, 700), (100, 300, 900, 400)),
    }
    glyphs = ["bar", "placeholder", "blank", "bar", "dash", "cross"]
    characters = dict(zip("ABCDEF", glyphs, strict=True))
    for face in range(4):
        write_font(tmp_path / f"face{face}.ttf", outlines, characters)
        if face == 2:
            del characters["F"]
    return tmp_path
