"""Data of users: files, folders, arrays and texts."""

import pathlib

import gin
import numpy as np

from learned_update.data.preparation.bag_of_words import bag_of_words
from learned_update.data.preparation.bag_of_words import (
    vocabulary as most_frequent_words,
)
from learned_update.data.preparation.resizing import resize_all
from learned_update.data.preparation.texts import check_utf8, strings
from learned_update.data.preparation.word_ids import word_ids
from learned_update.data.sources.own.array_files import read_arrays
from learned_update.data.sources.own.arrays import from_arrays
from learned_update.data.sources.own.guesses import INFER
from learned_update.data.sources.own.image_folder import read_image_folder
from learned_update.data.sources.own.tables.layouts import SEPARATORS
from learned_update.data.sources.own.tables.parquet_tables import read_parquet
from learned_update.data.sources.own.tables.text_tables import read_table
from learned_update.data.sources.own.text_files import read_lines
from learned_update.errors import describe, invalid
from learned_update.files import utf8_text

ARRAYS = (".npy", ".npz")
TABLES = tuple(SEPARATORS)
PARQUET = (".parquet",)
TEXTS = (".txt",)
SUFFIXES = ARRAYS + TABLES + PARQUET + TEXTS


@gin.configurable(module="learned_update")
def from_path(
    path,
    size=None,
    channels=None,
    label=None,
    on_error="raise",
    words=1000,
    counts=False,
    split=None,
    header=INFER,
    separator=INFER,
    decimal=INFER,
    encoding=INFER,
    channels_first=INFER,
    pixels=INFER,
    sequence=None,
):
    """Reads a file or a folder of the user's.

    `.npy` and `.npz`: rows or images, see `from_arrays` and `read_arrays`; `.csv` and
    `.tsv`: rows, see `read_table`; `.parquet`: rows, see `read_parquet`; `.txt`: a
    text per line, see `from_texts`; a folder: images, see `read_image_folder`.

    Args:
        path: the file or folder.
        size: height and width that images are resized to; None leaves them.
        channels: 1 for grey, 3 for colour images; None leaves them.
        label: name or index of a table's column of labels; None if there is none.
        on_error: "raise", or "skip" to leave out images that cannot be read.
        words: size of the vocabulary of a text file.
        counts: whether the words of a text are counted.
        split: sub-folder of a folder's part, such as "train"; None if it has no parts.
        header: of `.csv` and `.tsv`: True if the first row names the columns, False if
            it is an example.
        separator: of these: one character, a space for any number of them.
        decimal: of these: "." or ",", what comes before a fraction.
        encoding: of these and of `.txt`: a codec of Python, such as "latin-1".
        channels_first: of arrays: True for images `(examples, channels, height,
            width)`, False for those with their channels last.
        pixels: of arrays and tables: True if the numbers are pixels from 0 to 255,
            False if they are at the scale that the base model sees.

        sequence: of a text file: how many words are kept in their order; None makes
            bags of words.

        Those from `header` to `pixels` are found where they are "infer"; guesses are
        said in warnings.

    Returns:
        `Dataset`, named like the file without its suffix or like the folder.

    Raises:
        FileNotFoundError: there is no such file or folder.
        ValueError: if it holds something else, or an argument does not apply to it.
    """
    path = pathlib.Path(path).expanduser()
    suffix = path.suffix.lower()
    images = {"size": size, "channels": channels}
    dialect = {"header": header, "separator": separator, "decimal": decimal}
    if path.is_dir():
        _refuse(path, "a table", label=label, encoding=encoding, **dialect)
        _refuse(path, "arrays", channels_first=channels_first, pixels=pixels)
        return read_image_folder(path, size, channels, on_error, split)
    _check_file(path, suffix)
    _refuse(path, "a folder of images", split=split)
    name = utf8_text(path.stem)
    if suffix in ARRAYS:
        _refuse(path, "a table", label=label, encoding=encoding, **dialect)
        dataset = from_arrays(
            *read_arrays(path),
            name=name,
            channels_first=channels_first,
            pixels=pixels,
        )
        return _resized(path, dataset, size, channels)
    _refuse(path, "images", **images, channels_first=channels_first)
    if suffix in TEXTS:
        _refuse(path, "a table", label=label, **dialect)
        _refuse(path, "numbers", pixels=pixels)
        lines = read_lines(path, encoding)
        return from_texts(
            lines, words=words, counts=counts, name=name, sequence=sequence
        )
    if suffix in PARQUET:
        _refuse(path, "a table in a text file", encoding=encoding, **dialect)
        table = read_parquet(path, label)
    else:
        table = read_table(path, label, **dialect, encoding=encoding)
    return from_arrays(
        table.values,
        table.labels,
        name=name,
        pixels=pixels,
        columns=table.columns,
    )


def from_texts(
    texts,
    labels=None,
    words=1000,
    counts=False,
    vocabulary=None,
    name="texts",
    sequence=None,
):
    """A data set of texts as bags of words, or as sequences of words.

    Args:
        texts: strings, or bytes in UTF-8; a list, a column of a table or another
            iterable with an order.
        labels: one per text, of any hashable type; None if unknown.
        words: size of the vocabulary, the most frequent words of these texts.
        counts: True counts occurrences; False says whether there are any.
        vocabulary: words in lower case, such as those of the training texts; None
            takes the most frequent ones of these texts.
        name: what messages and tables call the data set.
        sequence: how many words of a text are kept in their order, as indices in the
            vocabulary; None makes bags of words.

    Returns:
        `Dataset` with images `(texts, 1, words, 1)`, see `bag_of_words`, or `(texts, 1,
        sequence, 1)`, see `word_ids`.

    Raises:
        ValueError: if there is no text, one is empty or no string, if `texts` is a
            single text, a table, a mapping or a set, or if the labels do not fit.
    """
    texts = list(strings(texts))
    empty = [row for row, text in enumerate(texts) if not text.strip()]
    if empty:
        raise invalid(
            f"Data set {name!r} holds empty texts.",
            expected="texts with at least one word",
            received=f"{len(empty)} empty of {len(texts)}, the first at position "
            f"{empty[0]}",
            remedy="Leave them out, and their labels.",
        )
    check_utf8(texts, name)
    if vocabulary is None:
        vocabulary = most_frequent_words(texts, words)
    if sequence is None:
        return from_arrays(bag_of_words(texts, vocabulary, counts), labels, name=name)
    return from_arrays(word_ids(texts, vocabulary, sequence), labels, name=name)


def _check_file(path, suffix):
    if not path.exists():
        raise FileNotFoundError(
            describe(
                f"There is no file or folder {str(path)!r}.",
                expected=f"a folder of images, or a file ({' '.join(SUFFIXES)})",
                received="a path at which there is nothing",
                remedy="Check the path.",
            )
        )
    if suffix not in SUFFIXES:
        raise invalid(
            f"{path} is of no known kind.",
            expected=f"a folder of images, or a file ({' '.join(SUFFIXES)})",
            received=f"the suffix {suffix!r}",
            remedy="Convert it; a single image goes into a folder.",
        )


def _resized(path, dataset, size, channels):
    if size is None and channels is None:
        return dataset
    if dataset.images.dtype != np.uint8 or dataset.images.shape[1] == 1:
        _refuse(path, "uint8 images", size=size, channels=channels)
    images = resize_all(dataset.images, size, channels)
    return dataset._replace(images=images)


def _refuse(path, kind, **arguments):
    """Raises `ValueError` if an argument is given, for it is for another kind."""
    for argument, value in arguments.items():
        if value is not None and value != INFER:
            raise invalid(
                f"{argument} does not apply to {path}.",
                expected=f"{kind}, or no {argument}",
                received=f"{argument}={value!r}",
                remedy="Leave it out.",
            )
