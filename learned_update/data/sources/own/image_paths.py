"""Which files of a folder are images, and of which classes."""

import collections
import os
import pathlib
from typing import NamedTuple

from absl import logging

from learned_update.data.labels import LEAST_CLASSES
from learned_update.data.sources.own.image_files import is_image, suffixes
from learned_update.data.sources.own.natural_order import natural_key
from learned_update.errors import describe, invalid
from learned_update.files import utf8_text

PARTS = (  # sub-folders of these names are parts of a data set rather than classes
    *("train", "training", "test", "testing", "eval", "evaluation"),
    *("val", "valid", "validation", "dev"),
)


class ImagePaths(NamedTuple):
    """Images of a folder, in the order of their classes and names.

    Attributes:
        paths: of the images.
        labels: index of the class of each; None without classes.
        class_names: one per class; empty without classes.
    """

    paths: list[pathlib.Path]
    labels: list[int] | None = None
    class_names: tuple[str, ...] = ()


def find_images(folder, split=None):
    """Finds the images of a folder, or of its sub-folders, which are classes then.

    What is left out is logged in one line: how many files of which suffixes, broken
    links, sub-folders without images.

    Args:
        folder: as `read_image_folder` says.
        split: the sub-folder to take in the place of the folder; None takes the folder
            itself.

    Returns:
        `ImagePaths`.

    Raises:
        FileNotFoundError: there is no such folder.
        ValueError: if there is no such sub-folder, no image, or a single class, if
            there are both images and classes, or if sub-folders are parts such as
            `train` and `test` and none is named.
    """
    root = _root(pathlib.Path(folder), split)
    left_out = collections.Counter()
    above = (os.path.realpath(root),)
    flat, classes = [], {}
    for entry in _visible(root):
        if entry.is_dir():
            classes[entry] = list(_images(_below(entry, above), left_out))
        else:
            flat += _images([entry], left_out)
    empty = [entry.name for entry, images in classes.items() if not images]
    classes = {entry: images for entry, images in classes.items() if images}
    said = _said(left_out, empty)
    if bool(flat) == bool(classes):
        raise _neither_or_both(root, flat, classes, said)
    _log(root, said, classes)
    if flat:
        return ImagePaths(flat)
    if split is None:
        _check_classes_are_no_parts(root, classes)
    if len(classes) < LEAST_CLASSES:
        raise invalid(
            f"{root} has fewer than two classes.",
            expected=f"at least {LEAST_CLASSES} sub-folders of images",
            received=f"only {next(iter(classes)).name}/",
            remedy="Name that sub-folder itself: its own sub-folders are classes then, "
            "or its images have no labels.",
        )
    return ImagePaths(
        paths=[path for images in classes.values() for path in images],
        labels=[row for row, images in enumerate(classes.values()) for _ in images],
        class_names=tuple(utf8_text(entry.name) for entry in classes),
    )


def _root(folder, split):
    if not folder.is_dir():
        raise FileNotFoundError(
            describe(
                f"There is no folder {str(folder)!r}.",
                expected="a folder of images",
                received="a path that is no folder",
                remedy="Check the path.",
            )
        )
    if split is None:
        return folder
    parts = {entry.name: entry for entry in _visible(folder) if entry.is_dir()}
    if split not in parts:
        raise invalid(
            f"{folder} has no part {split!r}.",
            expected=f"one of its sub-folders {', '.join(parts)}"
            if parts
            else "no split, since it has no sub-folders",
            received=f"split={split!r}",
            remedy="Leave the split out to read the whole folder.",
        )
    return parts[split]


def _visible(folder):
    """What a folder holds without hidden entries, in natural order."""
    entries = (entry for entry in folder.iterdir() if entry.name[0] != ".")
    return sorted(entries, key=lambda entry: natural_key(entry.name))


def _below(folder, above):
    """Yields what is no folder, at any depth; and links to a folder above it."""
    real = os.path.realpath(folder)
    if real in above:
        yield folder
        return
    for entry in _visible(folder):
        if entry.is_dir():
            yield from _below(entry, (*above, real))
        else:
            yield entry


def _images(entries, left_out):
    """Yields the images among some entries; counts what is none by what it is."""
    known = suffixes()
    for entry in entries:
        if not entry.is_file():
            links = "links to a folder above" if entry.is_dir() else "broken links"
            left_out[links if entry.is_symlink() else "special files"] += 1
        elif not entry.suffix:
            if is_image(entry):
                yield entry
            else:
                left_out["without suffix"] += 1
        elif entry.suffix.lower() in known:
            yield entry
        else:
            left_out[entry.suffix.lower()] += 1


def _said(left_out, empty):
    """What is left out, in words; empty if nothing is."""
    counts = ", ".join(
        f"{kind} {count}"
        for kind, count in sorted(left_out.items(), key=lambda item: (-item[1], item))
    )
    folders = f"sub-folders without images: {', '.join(empty)}" if empty else ""
    return "; ".join(filter(None, (counts, folders)))


def _log(root, said, classes):
    if said:
        logging.warning("Left out of %s: %s.", root, said)
    deeper = [
        (path, entry.name)
        for entry, images in classes.items()
        for path in images
        if path.parent != entry
    ]
    if deeper:
        path, name = deeper[0]
        logging.warning(
            "%d images of %s lie below the folders of their classes, such as %s, which "
            "is of class %r.",
            len(deeper),
            root,
            path.relative_to(root).as_posix(),
            name,
        )


def _neither_or_both(root, flat, classes, said):
    if flat:
        received = f"both, such as {flat[0].name} and {next(iter(classes)).name}/"
        remedy = "Move the images, or name another folder."
    else:
        received = f"no image; {said or 'the folder is empty'}"
        remedy = "Convert the images to a format of Pillow, or name another folder."
    return invalid(
        f"{root} is no folder of images.",
        expected="either images (.png, .jpg and others that Pillow reads), or a "
        "sub-folder of images per class",
        received=received,
        remedy=remedy,
    )


def _check_classes_are_no_parts(root, classes):
    names = [entry.name for entry in classes]
    if all(name.lower() in PARTS for name in names):
        raise invalid(
            f"{root} holds parts of a data set, not classes.",
            expected=f"a split, one of {', '.join(names)}",
            received="none",
            remedy=f"Name one: split={names[0]!r} (--split {names[0]}).",
        )
