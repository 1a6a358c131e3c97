"""One theta on three kinds of base models, with equally many features."""

import dataclasses
import pathlib

import gin

from learned_update.baselines import RandomInitialisation
from learned_update.evaluation import Column
from learned_update.evaluation.methods.by_name import METHODS, Method, rule_method
from learned_update.evaluation.results.digests import theta_digest
from learned_update.evaluation.test_sets.comparison import episodes_for
from learned_update.evaluation.test_sets.kept import kept_under
from learned_update.evaluation.test_sets.protocol import ComparisonProtocol
from learned_update.evaluation.test_sets.scores import INDUCTIVE, Entry, compare
from learned_update.meta import BaseTrainer
from learned_update.reproductions.base_models.entries import MLP, of_images, of_texts
from learned_update.reproductions.shared.measured import (
    markdown_table,
    measured_scores,
)
from learned_update.reproductions.shared.plots import groups_figure
from learned_update.zoo import load_rule

READOUT = "ridge"
INPUTS = "inputs as they are"
QUICK_DATASETS = (("digits", None),)


@gin.configurable(module="learned_update")
def base_models(
    rule,
    name,
    quick=False,
    folder=None,
    datasets=None,
    texts=None,
    others=(),
    words=200,
    sequence=32,
    features=32,
    **protocol,
):
    """Scores thetas on an MLP, convolutions and attention, and without inner steps.

    What was measured before with the same settings is read from its file.

    Args:
        rule: `UpdateRule`, whose theta all base models share.
        name: of the rule.
        quick: two initialisations, three episodes, a tenth of the steps and rows, and
            data without a download.
        folder: where the parts are kept, in `base-models.parts`; None keeps none.
        datasets: pairs of a name of images and a size, None for the data set's own;
            None for Fashion-MNIST, CIFAR-10 and MNIST.
        texts: names of texts; None for IMDB.
        others: names or paths of further rules, such as one meta-trained on a mixture
            of base models.
        words: size of the vocabulary of texts.
        sequence: words that are kept of a text in their order.
        features: of every base model.
        **protocol: fields of `ComparisonProtocol`, `average` off unless given; where
            a data set has fewer classes than `ways`, an episode has these.

    Returns:
        `Measured`.
    """
    protocol = ComparisonProtocol(**{"average": False, **protocol})
    if quick:
        protocol = protocol.quick()
        datasets = QUICK_DATASETS if datasets is None else datasets
        texts = () if texts is None else texts
    if datasets is None:
        datasets = (("fashion_mnist", None), ("cifar10", None), ("mnist", None))
    rules = {name: rule} | {_title(source): load_rule(source) for source in others}
    folder = folder and pathlib.Path(folder) / "base-models.parts"
    scores, seconds = {}, {}
    for dataset, size in datasets:
        entries = of_images(dataset, size, features)
        title = entries[MLP].pair.title
        scores[title], seconds[title] = _scores(
            dataset, title, entries, rules, protocol, folder
        )
    for text in ("imdb",) if texts is None else texts:
        entries = of_texts(text, words, sequence, features)
        scores[text], seconds[text] = _scores(
            text, f"{text} {words} {sequence}", entries, rules, protocol, folder
        )
    measured = measured_scores(
        scores,
        Column(f"{MLP}, {name}", protocol.steps),
        groups_figure(scores, f"{features} features"),
        f"{features} features, ridge read-out, {protocol}; texts: {words} words, "
        f"{sequence} of a text in their order",
    )
    table = f"{measured.table}\nSeconds to fit and to embed:\n\n{_times(seconds)}"
    return measured._replace(table=table)


def _scores(dataset, title, entries, rules, protocol, folder):
    """`{Column: accuracies}` and `{base model: seconds}` of one data set."""
    pair = entries[MLP].pair
    ways = min(protocol.ways, len(pair.train.class_names))
    protocol = dataclasses.replace(protocol, ways=ways)
    episodes = episodes_for(dataset, pair, protocol)
    scores, seconds = {}, {}

    def add(column, method, entry, base, digest=""):
        name = str(column)
        result = compare(
            {name: _inductive(method)},
            entry.pair,
            episodes,
            base,
            protocol,
            (READOUT,),
            kept=kept_under(
                folder, protocol, episodes, f"{title}; {entry[:3]}", {name: digest}
            ),
        )
        scores[column] = result.accuracies[Entry(name, READOUT, INDUCTIVE)]
        return result.costs[name].seconds

    for kind, entry in entries.items():
        shape = entry.pair.train.images.shape[1:]
        for name, rule in rules.items():
            base = rule.base_of_form(entry.form, entry.units, image_shape=shape)
            method = rule_method(
                BaseTrainer(rule, base, protocol.average),
                protocol.steps,
                entry.batch_size,
            )
            column = Column(f"{kind}, {name}", protocol.steps)
            taken = add(column, method, entry, base, theta_digest(rule))
            seconds.setdefault(kind, taken)
        random = Method(lambda s, base=base: RandomInitialisation(base, s.seed))
        add(Column(f"{kind}, random initialisation"), random, entry, base)
    add(Column(INPUTS), METHODS["raw pixels"], entries[MLP], base)
    return scores, seconds


class _Inductive:
    """A fitted method that is asked for features of rows by themselves alone."""

    def __init__(self, method):
        self._method = method
        self.fit = method.fit
        self.embed = method.embed

    @property
    def parameters(self):
        return self._method.parameters


def _inductive(method):
    return method._replace(make=lambda setting: _Inductive(method.make(setting)))


def _times(seconds):
    kinds = list(next(iter(seconds.values())))
    return markdown_table(
        ("base model", *seconds),
        [
            (
                kind,
                *(f"{of[kind]:.0f}" if kind in of else "" for of in seconds.values()),
            )
            for kind in kinds
        ],
    )


def _title(source):
    path = pathlib.Path(source)
    return path.stem if path.suffix == ".keras" else path.name
