"""How data are named on the command line."""

import pathlib

from learned_update.errors import invalid


def add_label_argument(parser):
    """Adds `--label`."""
    parser.add_argument(
        "--label",
        metavar="COLUMN",
        help="name or index of a table's labels; applies to files, not to data sets "
        "that have labels of their own",
    )


def data_source(text):
    """What names data on the command line.

    Raises:
        ValueError: if it is empty, which would be the working directory.
    """
    if not text.strip():
        raise invalid(
            "This names no data.",
            expected="the name of a data set, or the path of a file or folder",
            received=f"{text!r}",
            remedy="Is a variable of the shell empty?",
        )
    return text


def data_sources(texts, label=None):
    """What data on the command line are, and where `--label` goes.

    Args:
        texts: names of data sets, and paths.
        label: column of the labels of those that are files, of all if none is one.

    Returns:
        `[(source, options)]`, both for `learned_update.data.load`.
    """
    sources = [data_source(text) for text in texts]
    files = [
        source for source in sources if pathlib.Path(source).expanduser().is_file()
    ]
    labelled = {} if label is None else {"label": label}
    return [
        (source, labelled if source in (files or sources) else {}) for source in sources
    ]


def loaded(texts, label=None, **options):
    """Loads data sets that are named on the command line.

    Args:
        texts: names of data sets or groups, and paths.
        label: as for `data_sources`.
        **options: of `learned_update.data.load`.

    Returns:
        A list of `Dataset`s.
    """
    from learned_update.data import load_all

    return [
        dataset
        for source, own in data_sources(texts, label)
        for dataset in load_all([source], **options, **own)
    ]


def check_labels(datasets):
    """Refuses data sets without labels, and says how labels are given.

    Raises:
        ValueError: if one has none.
    """
    for dataset in datasets:
        if dataset.labels is None:
            raise invalid(
                f"Data set {dataset.name!r} has no labels.",
                expected="a label per example",
                received="unlabelled examples",
                remedy="Name a table's column of labels with --label; arrays have them "
                "as y in an .npz file, images in a sub-folder per class.",
            )
