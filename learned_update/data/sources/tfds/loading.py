"""Data sets of TensorFlow Datasets, prepared once to arrays."""

import os
import pathlib
from typing import NamedTuple

import gin

from learned_update.data.catalogue import tfds_catalogue
from learned_update.data.catalogue.tfds_catalogue import IMAGES, TEXTS, TFDS_NAMES
from learned_update.data.classes import listed_classes
from learned_update.data.dataset import Dataset
from learned_update.data.preparation import prepared
from learned_update.data.preparation.summary import describe
from learned_update.data.sources.tfds import reader
from learned_update.data.sources.tfds.builder import open_builder
from learned_update.data.sources.tfds.preparation import prepare_arrays
from learned_update.errors import invalid

_DEFAULT_DATA_DIR = "~/tensorflow_datasets"  # that of TensorFlow Datasets
_OF_KIND = {IMAGES: ("size", "channels"), TEXTS: ("words", "counts", "sequence")}


class TfdsOptions(NamedTuple):
    """How data sets are read and prepared; see `tfds_options`."""

    data_dir: str
    cache_dir: str | None
    examples_per_class: int | None
    words: int
    counts: bool
    seed: int
    sequence: int | None = None


@gin.configurable(module="learned_update")
def tfds_options(
    data_dir=None,
    cache_dir=None,
    examples_per_class=None,
    words=1000,
    counts=False,
    seed=0,
    sequence=None,
):
    """How data sets of TensorFlow Datasets are read and prepared.

    Args:
        data_dir: folder of TensorFlow Datasets; None takes `$TFDS_DATA_DIR`, else
            `~/tensorflow_datasets`. What is not there is downloaded.
        cache_dir: folder of prepared arrays; None takes `$LEARNED_UPDATE_CACHE`, else
            `learned_update` in `$XDG_CACHE_HOME` or `~/.cache`.
        examples_per_class: at most as many are kept of each class, drawn at random;
            None keeps all.
        words: size of the vocabulary of texts, the most frequent words of the
            training split.
        counts: True counts the words of a text; False says whether there are any.
        seed: of the draw of examples.
        sequence: how many words of a text are kept in their order, as indices in the
            vocabulary, see `word_ids`; None makes bags of words.

    Returns:
        `TfdsOptions`.

    Raises:
        ValueError: if a number is too small.
    """
    for option, number in [
        ("examples_per_class", examples_per_class),
        ("words", words),
        ("sequence", sequence),
    ]:
        if number is not None and number < 1:
            raise invalid(
                f"{option} is too small.",
                expected="at least 1",
                received=f"{option}={number}",
                remedy="Give a larger number.",
            )
    return TfdsOptions(
        data_dir=_data_dir(data_dir),
        cache_dir=cache_dir,
        examples_per_class=examples_per_class,
        words=words,
        counts=counts,
        seed=seed,
        sequence=sequence,
    )


def tfds_dataset(name, size=None, channels=None, split=None, classes=None, **options):
    """Loads a data set of TensorFlow Datasets, prepared once and mapped from disk.

    Args:
        name: one of `TFDS_NAMES`, or any name in TensorFlow Datasets.
        size: height and width of images; None takes the data set's own.
        channels: 1 for grey, 3 for colour; None takes the data set's own.
        split: split or slice, such as `"test"`, `"all"` or `"train[:1000]"`; None
            takes `"train"`.
        classes: names or indices of the classes to keep; None keeps all.
        **options: of `tfds_options`.

    Returns:
        `Dataset`: uint8 images, or texts as bags of words or sequences of them.

    Raises:
        ValueError: if there is no such data set, split or class, if an argument does
            not apply, or if the data set cannot be had.
    """
    _, entry, _ = _entry(name, size, channels, split, classes, options)
    return Dataset(name, entry.images, entry.labels, entry.class_names)


def prepare_tfds(name, size=None, channels=None, split=None, classes=None, **options):
    """Prepares what `tfds_dataset` loads, unless it is there.

    Args:
        name: as in `tfds_dataset`.
        size: as in `tfds_dataset`.
        channels: as in `tfds_dataset`.
        split: as in `tfds_dataset`.
        classes: as in `tfds_dataset`.
        **options: of `tfds_options`.

    Returns:
        `Prepared`.

    Raises:
        ValueError: as `tfds_dataset` does.
    """
    source, entry, existed = _entry(name, size, channels, split, classes, options)
    dataset = Dataset(name, entry.images, entry.labels, entry.class_names)
    return describe(dataset, source, entry.path, existed)


def _entry(name, size, channels, split, classes, given):
    """Name of the source, `prepared.Entry` and whether it existed."""
    options = tfds_options(**given)
    known, builder = tfds_catalogue.known(name, size, channels), None
    if name not in TFDS_NAMES:
        builder = open_builder(known.source, options.data_dir)
        known = known._replace(
            source=builder.info.full_name,
            kind=reader.features(builder, name).kind,
        )
    _check_applicable(
        name, known, {"size": size, "channels": channels, "split": split, **given}
    )
    known = known._replace(split=split or known.split)
    classes = None if classes is None else listed_classes(classes)
    key = _key(known, classes, options)
    entry = prepared.find(key, options.cache_dir)
    if entry is not None:
        return known.source, entry, True
    if builder is None:
        builder = open_builder(known.source, options.data_dir)
    arrays = prepare_arrays(builder, name, known, classes, options)
    origin = prepared.origin(pathlib.Path(builder.data_dir, "dataset_info.json"))
    return known.source, prepared.store(key, *arrays, origin, options.cache_dir), False


def _key(known, classes, options):
    """Everything that changes the arrays."""
    capped = options.examples_per_class is not None
    sequences = {} if options.sequence is None else {"sequence": options.sequence}
    return sequences | {
        "source": known.source,
        "data_dir": options.data_dir,
        "split": known.split,
        "part": known.part,
        "classes": classes,
        "examples_per_class": options.examples_per_class,
        "seed": options.seed if capped else None,
        "size": known.size,
        "channels": known.channels,
        "words": options.words if known.kind == TEXTS else None,
        "counts": options.counts if known.kind == TEXTS else None,
    }


def _check_applicable(name, known, arguments):
    """Raises `ValueError` if an argument is given that is for other data sets."""
    foreign = {
        key for kind, keys in _OF_KIND.items() if kind != known.kind for key in keys
    }
    if not known.splits:
        foreign.add("split")
    for argument, value in arguments.items():
        if argument in foreign and value is not None:
            kind = known.kind if argument != "split" else "a part of a data set"
            raise invalid(
                f"{argument} does not apply to data set {name!r}, which is {kind}.",
                expected=f"no {argument}",
                received=f"{argument}={value!r}",
                remedy="Leave it out, or load this data set by itself.",
            )


def _data_dir(data_dir):
    chosen = str(data_dir or os.environ.get("TFDS_DATA_DIR") or _DEFAULT_DATA_DIR)
    if "://" in chosen:  # a bucket
        return chosen
    return str(pathlib.Path(chosen).expanduser().resolve())
