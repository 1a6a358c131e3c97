"""Kept files as a data set."""

from typing import NamedTuple

from PIL import Image

from learned_update.data import Dataset, from_path
from learned_update.data.sources.own.image_files import formats
from learned_update.data.sources.own.image_paths import find_images
from learned_update.data.sources.own.tables.columns import table_columns
from learned_update.demo.uploads.kept_files import IMAGES, TABLE
from learned_update.demo.uploads.limits import MOST_PIXELS, check_files
from learned_update.demo.uploads.notes import collected
from learned_update.errors import invalid

AUTOMATIC = 0  # in the place of a side
LARGEST_SIDE = 32  # pixels of images that are left as they are
USUAL_SIDE = 28


class Read(NamedTuple):
    """What was read.

    Attributes:
        dataset: `Dataset`.
        notes: what was guessed, or left out, in sentences.
        arguments: of `learned_update.data.from_path` beside the path.
    """

    dataset: Dataset
    notes: tuple[str, ...] = ()
    arguments: tuple[tuple[str, object], ...] = ()


def read(kept, label=None, side=AUTOMATIC):
    """Reads what was dropped.

    Args:
        kept: `Kept`.
        label: index of a table's column of labels; None if there is none.
        side: height and width of images; `AUTOMATIC` leaves images of one size up to
            `LARGEST_SIDE` pixels, and makes others `USUAL_SIDE` pixels high and wide.

    Returns:
        `Read`.

    Raises:
        ValueError: as `from_path`; there is a single row, or an image is too large.
    """
    with collected() as notes:
        arguments = {}
        if kept.kind == IMAGES:
            size = _side(kept.path, side, notes)
            arguments = {} if size is None else {"size": size}
            dataset = from_path(kept.path, on_error="skip", **arguments)
        elif kept.kind == TABLE:
            arguments = {} if label is None else {"label": label}
            dataset = from_path(kept.path, **arguments)
        else:
            dataset = from_path(kept.path)
    if len(dataset.images) < 2:
        raise invalid(
            "From a single row or image nothing is learned.",
            expected="at least 2 different ones",
            received=f"{len(dataset.images)}",
            remedy="Drop more of them.",
        )
    return Read(dataset, tuple(notes), tuple(arguments.items()))


def label_column(kept):
    """Columns of a table, and the one whose words look like labels.

    Args:
        kept: `Kept`.

    Returns:
        `(columns, index)`: `Column`s, none for what is no table; and the index of the
        only column of words, None if there is none or several.
    """
    columns = table_columns(kept.path) if kept.kind == TABLE else ()
    words = [column.index for column in columns if column.words]
    return columns, words[0] if len(words) == 1 else None


def _side(folder, side, notes):
    """The size to ask for; None for none. Looks at the heads of the files only."""
    paths = find_images(folder).paths
    check_files("The folder", len(paths))
    sizes = {}
    for path in paths:
        try:
            with Image.open(path, formats=formats()) as picture:
                sizes.setdefault(picture.size, path.name)
        except Exception:  # reading them says what is wrong
            continue
    for (width, height), name in sizes.items():
        if width * height > MOST_PIXELS:
            raise invalid(
                f"{name} is too large.",
                expected=f"images of at most {MOST_PIXELS // 10**6} megapixels",
                received=f"{width} x {height} pixels",
                remedy="Make it smaller.",
            )
    if side != AUTOMATIC:
        return side
    largest = max((max(size) for size in sizes), default=0)
    if len(sizes) == 1 and largest <= LARGEST_SIDE:
        return None
    notes.append(f"The images are made {USUAL_SIDE} x {USUAL_SIDE} pixels.")
    return USUAL_SIDE
