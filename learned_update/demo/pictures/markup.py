"""Text and images inside HTML."""

import base64
import html
import io

import numpy as np
from PIL import Image

# Gradio fills `${..}` and `{{..}}` into what it shows; in texts they are characters.
_TEMPLATES = str.maketrans({"$": "&#36;", "{": "&#123;", "}": "&#125;", "`": "&#96;"})


def escaped(text):
    """Text that is shown as it is, whatever is in it."""
    return html.escape(str(text)).translate(_TEMPLATES)


def image(pixels, alt):
    """An `<img>` that holds its own pixels.

    Args:
        pixels: `(height, width)`, or with 3 or 4 channels, uint8.
        alt: what is to be seen.
    """
    file = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(pixels)).save(file, format="png")
    data = base64.b64encode(file.getvalue()).decode()
    return f'<img alt="{escaped(alt)}" src="data:image/png;base64,{data}">'


def count(number, noun):
    """A number with its noun, `1 image`, `1,797 images`."""
    ending = "" if number == 1 else "es" if noun.endswith("s") else "s"
    return f"{number:,} {noun}{ending}"
