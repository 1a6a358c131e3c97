"""Folders of images."""

import pathlib

import numpy as np
from absl import logging

from learned_update.data.dataset import Dataset
from learned_update.data.labels import LEAST_CLASSES
from learned_update.data.preparation.resizing import COLOUR, check_request, resize
from learned_update.data.sources.own.image_files import read_image
from learned_update.data.sources.own.image_paths import find_images
from learned_update.errors import InvalidInputError, invalid
from learned_update.files import utf8_text
from learned_update.progress import Progress

ON_ERROR = ("raise", "skip")


def read_image_folder(folder, size=None, channels=None, on_error="raise", split=None):
    r"""Reads the images of a folder, or of its sub-folders, which are classes then.

    Every format is read that the installed Pillow reads by itself or by a registered
    plugin: files by their suffix, those without one by their content. Images at any
    depth below a class's folder are of that class. Hidden files are passed over; how
    many others are left out, and of which suffixes, is logged.

    Files and folders are taken in natural order: 2.png comes before 10.png.

    Args:
        folder: holds either images, which get no labels, or a sub-folder per class; or
            one of these for each part in sub-folders such as `train` and `test`.
        size: height and width of the result, see `resize`; None if all images have
            one size already.
        channels: 1 for grey, 3 for colour; None keeps grey if all images are grey.
        on_error: what to do about an image that cannot be read: "raise", or "skip"
            all of them and name them in one warning.
        split: name of the part's sub-folder; None if there are no parts.

    Returns:
        `Dataset` of uint8 images, named like the folder; its `files` are relative to
        the folder. Bytes of names that are not UTF-8 are written as `\xff`.

    Raises:
        FileNotFoundError: there is no such folder.
        ValueError: if there is no image, or one cannot be read, if there is a single
            class, if images differ in size and none is asked for, or as `find_images`.
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
    found = find_images(folder, split)
    name = utf8_text(folder.resolve().name)
    images, kept = _read_all(name, found.paths, size, channels, on_error)
    kept_paths = (found.paths[row].relative_to(folder) for row in kept)
    files = tuple(utf8_text(path.as_posix()) for path in kept_paths)
    if found.labels is None:
        return Dataset(name, images, files=files)
    labels, class_names = _classes_read(folder, found, kept)
    return Dataset(name, images, labels, class_names, files)


def _classes_read(folder, found, kept):
    """Labels of the images that were read, and names of the classes that occur."""
    occurring, labels = np.unique(np.array(found.labels)[kept], return_inverse=True)
    class_names = tuple(found.class_names[index] for index in occurring)
    unread = [name for name in found.class_names if name not in class_names]
    if len(class_names) < LEAST_CLASSES:
        raise invalid(
            f"{folder} has fewer than two classes with an image that can be read.",
            expected=f"at least {LEAST_CLASSES}",
            received=f"only {class_names[0]}; no image of {', '.join(unread)}",
            remedy="Check how the images were written.",
        )
    if unread:
        logging.warning(
            "No image can be read, so they are no classes of %s: %s.",
            folder,
            ", ".join(unread),
        )
    return labels.astype("int32"), class_names


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
