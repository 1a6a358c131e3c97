"""Fonts of boxes."""

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen


def box(*corners):
    """A TrueType glyph of filled rectangles (left, bottom, right, top)."""
    pen = TTGlyphPen(None)
    for left, bottom, right, top in corners:
        pen.moveTo((left, bottom))
        for point in [(left, top), (right, top), (right, bottom)]:
            pen.lineTo(point)
        pen.closePath()
    return pen.glyph()


def write_font(path, outlines, characters):
    """Writes a font with `{glyph: outline}` and `{character: glyph}`."""
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder(list(outlines))
    builder.setupCharacterMap({ord(c): glyph for c, glyph in characters.items()})
    builder.setupGlyf(outlines)
    builder.setupHorizontalMetrics(dict.fromkeys(outlines, (1000, 0)))
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupOS2()
    builder.setupPost()
    builder.setupNameTable({"familyName": "Boxes", "styleName": path.stem})
    builder.save(path)
