"""Folders of images."""

import pathlib

import numpy as np
from absl import logging

from learned_update.data.dataset import Dataset
from learned_update.data.labels import LEAST_CLASSES
from learned_update.data.preparation.resizing import COLOUR, check_request, resize
from learned_update.data.sources.own.image_files import SUFFIXES, read_image
from learned_update.errors import InvalidInputError, describe, invalid
from learned_update.progress import Progress

ON_ERROR = ("raise", "skip")


def read_image_folder(folder, size=None, channels=None, on_error="raise"):
    """Reads the images of a folder, or of its sub-folders, which are classes then.

    Files and folders are taken in the order of their names; hidden ones, and files
    that have no suffix of an image, are passed over.

    Args:
        folder: holds either images, which get no labels, or a sub-folder per class.
        size: height and width of the result, see `resize`; None if all images have
            one size already.
        channels: 1 for grey, 3 for colour; None keeps grey if all images are grey.
        on_error: what to do about an image that cannot be read: "raise", or "skip"
            all of them and name them in one warning.

    Returns:
        `Dataset` of uint8 images, named like the folder.

    Raises:
        FileNotFoundError: there is no such folder.
        ValueError: if there is no image, or one cannot be read, if there is a single
            class, or if images differ in size and none is asked for.
    """
    if on_error not in ON_ERROR:
        raise invalid(
            "Images that cannot be read cannot be treated like this.",
            expected=f"one of {', '.join(ON_ERROR)}",
            received=f"on_error={on_error!r}",
            remedy="Give 'skip' to leave them out.",
        )
    check_request(size, channels)
    folder = pathlib.Path(folder)
    class_names, paths, labels = _find(folder)
    name = folder.resolve().name
    images, kept = _read_all(name, paths, size, channels, on_error)
    if labels is None:
        return Dataset(name, images)
    return Dataset(name, images, np.array(labels, "int32")[kept], class_names)


def _find(folder):
    """Names of the classes, paths of the images and their labels or None."""
    if not folder.is_dir():
        raise FileNotFoundError(
            describe(
                f"There is no folder {str(folder)!r}.",
                expected="a folder of images",
                received="a path that is no folder",
                remedy="Check the path.",
            )
        )
    flat = _images(folder)
    classes = {entry: _images(entry) for entry in _visible(folder) if entry.is_dir()}
    empty = [entry.name for entry, images in classes.items() if not images]
    classes = {entry: images for entry, images in classes.items() if images}
    if bool(flat) == bool(classes):
        raise invalid(
            f"{folder} is no folder of images.",
            expected=f"either images ({' '.join(SUFFIXES)}), or a sub-folder of images "
            "per class",
            received=f"both, such as {flat[0].name} and {next(iter(classes)).name}/"
            if flat
            else f"no image, neither in it nor in {len(empty)} sub-folders",
            remedy="Move the images, or name another folder.",
        )
    if flat:
        return (), flat, None
    if len(classes) < LEAST_CLASSES:
        raise invalid(
            f"{folder} has fewer than two classes.",
            expected=f"at least {LEAST_CLASSES} sub-folders of images",
            received=f"only {next(iter(classes)).name}/",
            remedy="Name that sub-folder itself to use its images unlabelled.",
        )
    if empty:
        logging.warning("No images in sub-folders of %s: %s", folder, ", ".join(empty))
    labels = [row for row, images in enumerate(classes.values()) for _ in images]
    paths = [path for images in classes.values() for path in images]
    return tuple(entry.name for entry in classes), paths, labels


def _visible(folder):
    return sorted(entry for entry in folder.iterdir() if entry.name[0] != ".")


def _images(folder):
    return [
        entry
        for entry in _visible(folder)
        if entry.suffix.lower() in SUFFIXES and entry.is_file()
    ]


def _read_all(name, paths, size, channels, on_error):
    """Images that can be read, `(examples, height, width, channels)`, and which."""
    images, kept, skipped = [], [], []
    with Progress(len(paths), f"reading {name}") as progress:
        for row, path in enumerate(paths):
            progress.update()
            try:
                pixels = read_image(path)
            except InvalidInputError as error:
                if on_error == "raise":
                    raise
                skipped.append(f"{path} ({error.__cause__})")
                continue
            images.append(resize(pixels, size, channels))
            kept.append(row)
            _check_size(images, [paths[row] for row in (kept[0], kept[-1])])
    if skipped:
        logging.warning(
            "Skipped %d of %d images that cannot be read: %s",
            len(skipped),
            len(paths),
            ", ".join(skipped),
        )
    if not images:
        raise invalid(
            f"None of the images of {name!r} can be read.",
            expected="at least one image that Pillow can read",
            received=f"{len(skipped)} that it cannot, such as {skipped[0]}",
            remedy="Check how they were written.",
        )
    return _stack(images), kept


def _check_size(images, paths):
    """Raises `ValueError` if the last image has another size than the first."""
    first, last = images[0], images[-1]
    if first.shape[:2] != last.shape[:2]:
        sizes = [
            f"{path} is {image.shape[1]} x {image.shape[0]}"
            for path, image in zip(paths, (first, last), strict=True)
        ]
        raise invalid(
            "Images differ in size.",
            expected="images of one width x height, or a size to resize them to",
            received=", ".join(sizes),
            remedy="Give a size, such as size=28.",
        )


def _stack(images):
    """`(examples, height, width, channels)`; all in colour if one is."""
    channels = max(image.shape[-1] for image in images)
    if channels == COLOUR:
        images = [np.broadcast_to(x, (*x.shape[:2], channels)) for x in images]
    return np.stack(images)
