"""Zips of images, made for the tests of the page."""

import io
import zipfile

from PIL import Image
from sklearn.datasets import load_digits


def png(pixels):
    """Bytes of a grey PNG file."""
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, format="png")
    return file.getvalue()


def digits_zip(path, each=20, first=0, classes=(0, 1, 2)):
    """Writes a zip with a folder per digit, all in one folder.

    Args:
        path: of the zip.
        each: images of a class.
        first: index of the first of them.
        classes: digits.

    Returns:
        The path.
    """
    images, labels = load_digits(return_X_y=True)
    with zipfile.ZipFile(path, "w") as archive:
        for digit in classes:
            chosen = images[labels == digit][first : first + each]
            for number, row in enumerate(chosen):
                pixels = (row.reshape(8, 8) * 15.9).astype("uint8")
                archive.writestr(f"digits/{digit}/{number}.png", png(pixels))
        archive.writestr("__MACOSX/digits/._0", b"not ours")
    return path
