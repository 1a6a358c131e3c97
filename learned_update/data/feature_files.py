"""Files of features: a row for each row of the data, with its label and file."""

import csv
import pathlib
import re

from learned_update.errors import invalid

_NO_NAME = ""  # of an example without label
_INTEGER = re.compile(r"0|-?[1-9]\d{,17}", re.ASCII)  # 64 bits
_FLOAT = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?(e[+-]?\d+)?", re.ASCII | re.IGNORECASE)


def writer(output):
    """The function `(path, features, dataset)` that writes what a suffix stands for.

    Raises:
        ValueError: if it stands for none.
    """
    suffix = pathlib.Path(output).suffix.lower()
    if suffix not in _WRITERS:
        raise invalid(
            "Features are not written in this format.",
            expected=f"a path that ends with {', '.join(SUFFIXES)}",
            received=f"--output {output}",
            remedy="Rename it, for example to embedded.npy.",
        )
    return _WRITERS[suffix]


def _write_npy(path, features, dataset):
    import numpy as np

    del dataset  # no place for its labels and files
    np.save(path, features)


def _write_npz(path, features, dataset):
    import numpy as np

    arrays = {"X": features}
    if dataset.labels is not None:
        numbers = _numbers(dataset.class_names)
        missing = _NO_NAME if numbers is None else np.nan
        values = np.array(dataset.class_names if numbers is None else numbers)
        if min(dataset.labels) < 0:
            values = np.append(values, missing)  # -1, for no label, is the last
        arrays["y"] = values[dataset.labels]
    if dataset.files:
        arrays["files"] = np.array(dataset.files)
    np.savez(path, **arrays)


def _write_csv(path, features, dataset):
    header = [f"feature{index}" for index in range(features.shape[1])]
    cells = [[f"{value:.9g}" for value in row] for row in features]  # float32, exactly
    if dataset.labels is not None:
        header = [*header, "label"]
        names = (*dataset.class_names, _NO_NAME)  # -1, for no label, is the last
        names = [names[label] for label in dataset.labels]
        cells = [[*row, name] for row, name in zip(cells, names, strict=True)]
    if dataset.files:
        header = ["file", *header]
        cells = [[name, *row] for name, row in zip(dataset.files, cells, strict=True)]
    with open(path, "w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *cells])


def _numbers(names):
    """Names of classes as integers or floats, if all are the text of such; else None.

    `007` is a name, as are `1.1` and `1.10` together: as numbers they were others.
    """
    for text, number in ((_INTEGER, int), (_FLOAT, float)):
        if all(text.fullmatch(name) for name in names):
            numbers = [number(name) for name in names]
            return numbers if len(set(numbers)) == len(names) else None
    return None


_WRITERS = {".npy": _write_npy, ".npz": _write_npz, ".csv": _write_csv}
SUFFIXES = tuple(_WRITERS)
