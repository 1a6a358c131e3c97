"""Tables, text and other images, beside what the rule was meta-trained on."""

import gin

from learned_update.data import load
from learned_update.evaluation import Column, Protocol, few_shot
from learned_update.evaluation.results import figures
from learned_update.reproductions.shared.loading import TABLES, standardised_table
from learned_update.reproductions.shared.measured import measured_scores
from learned_update.reproductions.shared.scoring import QUICK

NAMED = {
    "digits": {},
    "imdb": {},
    "cifar10": {"size": 16, "examples_per_class": 500},
    "fashion_mnist": {"size": 14, "examples_per_class": 500},
}


@gin.configurable(module="learned_update")
def domains(
    rule,
    name,
    quick=False,
    names=(*TABLES, *NAMED),
    steps=200,
    progress=None,
    **protocol,
):
    """Scores a rule and the baselines on data of several kinds.

    Columns of tables are standardised. Every data set has as many ways as it has
    classes, at most ten.

    Args:
        rule: `UpdateRule`.
        name: of the rule.
        quick: two initialisations, 20 episodes, a tenth of the inner steps.
        names: some of `TABLES` and `NAMED`.
        steps: inner steps.
        progress: whether to show a bar; None shows it on a terminal.
        **protocol: fields of `Protocol`, without `ways`.

    Returns:
        `Measured`.
    """
    if quick:
        steps, protocol = max(1, steps // 10), {**protocol, **QUICK}
    protocol = {"shots": 10, "queries": 10, "initialisations": 3, **protocol}
    trainers = few_shot.base_trainers({name: rule}, Protocol(**protocol))
    scores = {}
    for entry in names:
        dataset = _dataset(entry)
        one = Protocol(**{**protocol, "ways": min(10, len(dataset.class_names))})
        marks = {name: {steps: one.initialisations}}
        (columns,) = few_shot.score(trainers, marks, [dataset], one, progress).values()
        scores[entry] = {_plain(column): values for column, values in columns.items()}
    return measured_scores(
        scores,
        Column(name, steps),
        figures.bars_figure(scores),
        f"{Protocol(**protocol)}, but as many ways as classes, at most 10",
    )


def _plain(column):
    """The column without the number of features, which differs between data sets."""
    return column._replace(method=column.method.split(",")[0])


def _dataset(name):
    if name not in TABLES:
        return load(name, **NAMED[name])._replace(name=name)
    return standardised_table(name)
