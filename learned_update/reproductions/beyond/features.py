"""Accuracy over the number of features, which all methods have alike."""

import dataclasses
import pathlib

import gin

from learned_update.evaluation import Column
from learned_update.evaluation.episodes.split_pair import load_pair
from learned_update.evaluation.methods.by_name import METHODS, named_methods
from learned_update.evaluation.methods.widths import check_features, methods_of_width
from learned_update.evaluation.results.intervals import crossed_interval
from learned_update.evaluation.results.table import Row, markdown, tabulate
from learned_update.evaluation.test_sets.comparison import (
    digests_of,
    episodes_for,
    size_of,
)
from learned_update.evaluation.test_sets.kept import kept_under
from learned_update.evaluation.test_sets.protocol import ComparisonProtocol
from learned_update.evaluation.test_sets.scores import INDUCTIVE, compare
from learned_update.reproductions.beyond.features_figure import features_figure
from learned_update.reproductions.shared.measured import Measured

READOUT = "ridge"
DATASETS = (("mnist", 14), ("fashion_mnist", 14), ("cifar10", 16))
QUICK_DATASETS = (("digits", None),)
BASELINES = tuple(name for name, each in METHODS.items() if not each.labelled)


@gin.configurable(module="learned_update")
def features_of_methods(
    rule,
    name,
    quick=False,
    folder=None,
    features=None,
    datasets=None,
    baselines=BASELINES,
    **protocol,
):
    """Scores a rule and the baselines with few and with many features.

    What was measured before with the same settings is read from its file.

    Args:
        rule: `UpdateRule`.
        name: of the rule.
        quick: one initialisation, three episodes, a tenth of the steps and rows, and
            data without a download.
        folder: where the parts are kept, in `features.parts`; None keeps none.
        features: how many, each of them; None for 32, 256 and 1,000. Pixels are as
            many as there are; methods that cannot give that many are left out.
        datasets: pairs of a name of images and a size, None for the data set's own;
            None for MNIST, Fashion-MNIST and CIFAR-10.
        baselines: names in `METHODS`.
        **protocol: fields of `ComparisonProtocol`.

    Returns:
        `Measured`.
    """
    counts = check_features((32, 256, 1000) if features is None else features)
    protocol = ComparisonProtocol(**protocol)
    if quick:
        protocol = dataclasses.replace(protocol.quick(), initialisations=1)
        datasets = QUICK_DATASETS if datasets is None else datasets
    parts = folder and pathlib.Path(folder) / "features.parts"
    column = Column(name, protocol.steps)
    rules = {str(column): rule}
    scores, inputs = {}, {}
    for dataset, size in DATASETS if datasets is None else datasets:
        pair = load_pair(dataset, size)
        episodes = episodes_for(dataset, pair, protocol)
        inputs[pair.title], rows = size_of(pair.train, protocol)
        for count in counts:
            methods, base = methods_of_width(
                count,
                rules,
                protocol,
                named_methods(baselines),
                inputs[pair.title],
                rows,
            )
            kept = kept_under(
                parts and parts / str(count),
                protocol,
                episodes,
                f"{count} features",
                digests_of(methods, rules),
            )
            result = compare(
                methods, pair, episodes, base, protocol, (READOUT,), kept=kept
            )
            scores[pair.title, count] = {
                _column(entry.method, column): found
                for entry, found in result.accuracies.items()
                if entry.statistics == INDUCTIVE
            }
    rows = _rows(scores, column)
    titled = [row[0]._replace(dataset=f"{row[0].dataset}, {row[1]}") for row in rows]
    return Measured(
        columns=(*Row._fields, "features"),
        rows=[(*row, inputs[row.dataset] if _is_pixels(row) else n) for row, n in rows],
        table=markdown(titled, column),
        figure=features_figure(scores, counts),
        settings=f"ridge read-out, inductive, {protocol}; "
        f"{', '.join(map(str, counts))} features; raw pixels: "
        f"{', '.join(f'{number} ({title})' for title, number in inputs.items())}",
    )


def _column(method, reference):
    """The rule's methods have its steps, what follows is a way to its features."""
    return reference if method == str(reference) else Column(method)


def _rows(scores, reference):
    """`[(Row, features)]` of every data set and number."""
    return [
        (row._replace(dataset=title), count)
        for (title, count), columns in scores.items()
        for row in tabulate({title: columns}, reference, crossed_interval)
    ]


def _is_pixels(row):
    return row.method == "raw pixels"
