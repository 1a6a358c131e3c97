"""Rendered data sets kept on disk: a second start draws nothing."""

import functools
import hashlib
import pathlib

import numpy as np
import PIL
from absl import logging
from PIL import features

from learned_update.data.dataset import Dataset
from learned_update.data.preparation import prepared
from learned_update.data.sources.glyphs.fonts import shipped_fonts

HERE = pathlib.Path(__file__).parent
CODE = (HERE, HERE.parents[1] / "catalogue")  # that says what is drawn, and how


def kept(name, draw, fonts=None, **options):
    """What `draw` returns, from disk if it was drawn before.

    Kept with the other prepared arrays (`cache.cache_folder`). Other options, fonts,
    code or versions of the libraries that draw are another entry. Where nothing can be
    written, nothing is kept.

    Args:
        name: of the data set.
        draw: function of no arguments that returns the `Dataset`.
        fonts: folder of the fonts; None for those that matplotlib ships.
        **options: everything else that changes the arrays; as JSON has it.

    Returns:
        `Dataset` with labels and names of classes.
    """
    folder = pathlib.Path(fonts or shipped_fonts())
    key = {
        "source": name,
        **options,
        "fonts": _digest(folder, "*"),
        "code": [_digest(each, "*.py") for each in CODE],
        "pillow": PIL.__version__,
        "freetype": features.version("freetype2"),
    }
    entry = prepared.find(key)
    if entry is not None:
        return Dataset(name, np.array(entry.images), entry.labels, entry.class_names)
    dataset = draw()
    batches = [(dataset.images, dataset.labels)]
    source = prepared.Origin(str(folder), None)
    try:
        prepared.store(key, len(dataset.labels), dataset.class_names, batches, source)
    except OSError as error:
        logging.info("%s is not kept: %s", name, error)
    return dataset


@functools.lru_cache(maxsize=8)  # as long as `fonts` holds the faces of a folder
def _digest(folder, pattern):
    """SHA-256 of the names and contents of those files of a folder."""
    digest = hashlib.sha256()
    for path in sorted(folder.glob(pattern)):
        if path.is_file():
            content = path.read_bytes()
            digest.update(f"{path.name}\n{len(content)}\n".encode())
            digest.update(content)
    return digest.hexdigest()
