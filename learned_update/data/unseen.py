"""Data sets that meta-training on glyphs has not seen."""

import gin

from learned_update.data.registry import load
from learned_update.data.writing_systems import HELD_OUT_SCRIPTS


@gin.configurable
def unseen_datasets(size=8, scripts=HELD_OUT_SCRIPTS, renderings=40):
    """Handwritten digits and held-out scripts, for evaluation.

    Args:
        size: height and width of the glyphs; the digits have 8x8 pixels, and are left
            out at other sizes.
        scripts: names of held-out scripts.
        renderings: images per character.

    Returns:
        A list of `Dataset`s.
    """
    glyphs = [
        load(f"glyphs/{script}", size=size, renderings=renderings) for script in scripts
    ]
    return [load("digits"), *glyphs] if size == 8 else glyphs
