"""Classes chosen by a file of names."""

import pathlib
import re

from learned_update.data.dataset import check_labelled, subset
from learned_update.errors import invalid

_SHIPPED = pathlib.Path(__file__).parent / "class_lists"
PUBLISHED = ("cifar-fs", "mini-imagenet")  # with classes to validate with
_TFDS_NAME = re.compile(r"(.+)_(\d+)")  # alphabet and character, from 0
_CHARACTER_NAME = re.compile(r"(.+)/character(\d+)")  # from 1


def shipped_list(name):
    """Path of a file of names that the package ships."""
    return _SHIPPED / f"{name}.txt"


def read_names(path):
    """Names in a text file, one a line; what follows `#` is a comment.

    Raises:
        ValueError: if it names nothing.
        OSError: if it cannot be read.
    """
    lines = pathlib.Path(path).read_text(encoding="utf-8").splitlines()
    names = [line.split("#")[0].strip() for line in lines]
    names = [name for name in names if name]
    if not names:
        raise invalid(
            f"{path} names no class.",
            expected="a name a line",
            received=f"{len(lines)} lines without one",
            remedy="Give the file that the split was published with.",
        )
    return names


def divide_by_names(dataset, names):
    """The classes that are not named, and those that are.

    Args:
        dataset: labelled `Dataset`. Omniglot's classes are known by the names of their
            folders, `Greek/character07`, and by those of TensorFlow Datasets,
            `Greek_6`.
        names: of classes, or of what stands before the `/`, for all of that group.

    Returns:
        Two `Dataset`s, in their old order.

    Raises:
        ValueError: if a name is of no class, or one part would be empty.
    """
    dataset = check_labelled(dataset)
    wanted, found = set(names), set()
    named, others = [], []
    for label, class_name in enumerate(dataset.class_names):
        character = _character(class_name)
        hits = wanted & {class_name, character, character.split("/")[0]}
        found |= hits
        (named if hits else others).append(label)
    if found != wanted or not others:
        missing = sorted(wanted - found)
        raise invalid(
            f"These names do not divide the classes of data set {dataset.name!r}.",
            expected=f"names of some of its {len(dataset.class_names)} classes, such "
            f"as {dataset.class_names[0]!r}",
            received=f"no class called {', '.join(missing[:5])}"
            if missing
            else "the names of all",
            remedy="Give the file of names of this data set.",
        )
    return subset(dataset, others), subset(dataset, named)


def divide_as_published(dataset, division):
    """The classes to meta-train on and those to meta-test on, of a published division.

    Args:
        dataset: labelled `Dataset` with all of its classes.
        division: one of `PUBLISHED`; its classes to validate with are in neither part.

    Returns:
        Two `Dataset`s, in their old order.

    Raises:
        ValueError: if a class of the division is missing.
    """
    stem = division.replace("-", "_")
    others, test = divide_by_names(dataset, read_names(shipped_list(f"{stem}_test")))
    train, _ = divide_by_names(others, read_names(shipped_list(f"{stem}_validation")))
    return train, test


def _character(class_name):
    """`Greek/character07` of `Greek_6`, and of itself; other names stay."""
    match = _TFDS_NAME.fullmatch(class_name)
    if match and not _CHARACTER_NAME.fullmatch(class_name):
        return f"{match[1]}/character{int(match[2]) + 1:02d}"
    return class_name
