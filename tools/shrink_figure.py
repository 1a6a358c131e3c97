"""Copies a PNG with fewer colours, small enough for a README.

usage: tools/shrink_figure.py SOURCE TARGET
"""

import pathlib
import sys

from PIL import Image

WIDTH = 1000  # pixels, at most
COLOURS = 64


def shrink(source, target):
    """Writes `target`, at most `WIDTH` wide and of `COLOURS` colours."""
    picture = Image.open(source).convert("RGB")
    picture.thumbnail((WIDTH, picture.height), Image.Resampling.LANCZOS)
    palette = picture.quantize(COLOURS, dither=Image.Dither.NONE)
    pathlib.Path(target).parent.mkdir(parents=True, exist_ok=True)
    palette.save(target, format="png", optimize=True)


if __name__ == "__main__":
    shrink(*sys.argv[1:])
