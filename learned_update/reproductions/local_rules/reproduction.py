"""Local rules on images, text and a table, 32 and 256 features."""

import pathlib
import tempfile

import gin
import numpy as np

from learned_update.evaluation import Protocol
from learned_update.evaluation.results.digests import theta_digest
from learned_update.layers import LOCAL_RULES, local_rule
from learned_update.progress import Progress
from learned_update.reproductions.local_rules.measuring import (
    baseline_accuracies,
    rule_accuracies,
    step_seconds,
)
from learned_update.reproductions.local_rules.methods import BASELINES, rule_methods
from learned_update.reproductions.local_rules.table import (
    COLUMNS,
    Scores,
    csv_rows,
    rules_figure,
    rules_markdown,
)
from learned_update.reproductions.local_rules.trained import trained_rules
from learned_update.reproductions.shared.loading import sized, standardised_table
from learned_update.reproductions.shared.measured import Measured
from learned_update.reproductions.shared.parts import Parts
from learned_update.reproductions.shared.scoring import QUICK, trials

FOLDER, QUICK_FOLDER = "local-rules.parts", "local-rules-quick.parts"
QUICK_OUTER_STEPS = 4
QUICK_NAMES = ("oja", "soft-hebb")
NAMED = {
    "mnist": {"size": 14, "examples_per_class": 500},
    "fashion_mnist": {"size": 14, "examples_per_class": 500},
    "digits": {},
    "imdb": {"examples_per_class": 1000},
}
DATASETS = (*NAMED, "breast cancer")
QUICK_DATASETS = ("digits", "breast cancer")


@gin.configurable(module="learned_update")
def local_rules(
    rule,
    name,
    quick=False,
    folder=None,
    names=None,
    datasets=None,
    features=(32, 256),
    outer_steps=300,
    seed=0,
    steps=200,
    processes=1,
    progress=None,
    **protocol,
):
    """Scores local rules, at published constants and after a short meta-training.

    Every rule learns one layer of as many units as there are features. Beside them:
    the rule given, in one layer and in three, random initialisation, the inputs, PCA.
    What was measured before with the same settings is read from its file, runs of
    meta-training that are done are kept.

    Args:
        rule: `UpdateRule` to compare with.
        name: of the rule.
        quick: the first number of features, at most 4 outer steps, two
            initialisations, 20 episodes, a tenth of the inner steps.
        folder: where runs and parts are kept; None keeps none.
        names: some of `LOCAL_RULES`; None for all, in the quick form for two.
        datasets: names of data sets; tables of scikit-learn are standardised. None for
            MNIST, Fashion-MNIST, digits, IMDB and breast cancer, in the quick form for
            those of scikit-learn.
        features: numbers of units of the layer.
        outer_steps: of the meta-training of every rule, on glyphs of 8x8 pixels; 0
            scores published constants alone.
        seed: of the meta-training.
        steps: inner steps.
        processes: how many runs at a time.
        progress: whether to show a bar; None shows it on a terminal.
        **protocol: fields of `Protocol`, without `ways` and `units`.

    Returns:
        `Measured`.

    Raises:
        ValueError: there is no such rule, or data are missing.
    """
    names = names or (QUICK_NAMES if quick else tuple(LOCAL_RULES))
    datasets = datasets or (QUICK_DATASETS if quick else DATASETS)
    for each in names:
        local_rule(each)
    if quick:
        features, outer_steps = features[:1], min(outer_steps, QUICK_OUTER_STEPS)
        steps, protocol = max(1, steps // 10), {**protocol, **QUICK}
    protocol = {"episodes": 50, **protocol}
    with tempfile.TemporaryDirectory() as temporary:
        root = pathlib.Path(folder or temporary, QUICK_FOLDER if quick else FOLDER)
        trained, failed = {}, {}
        if outer_steps:
            trained, failed = trained_rules(
                names, root / "runs", outer_steps, seed, processes, progress
            )
        methods = rule_methods(names, trained, rule, name)
        parts = Parts(root)
        with Progress(
            len(datasets) * len(features) * len(methods), "score", enabled=progress
        ) as bar:
            scores = Scores(accuracies={}, seconds={})
            for entry in datasets:
                for count in features:
                    _score(scores, parts, methods, entry, count, steps, protocol, bar)
    made = Protocol(**{**protocol, "units": (max(features),)})
    return Measured(
        columns=COLUMNS,
        rows=csv_rows(scores, methods),
        table=rules_markdown(scores, methods, failed),
        figure=rules_figure(scores),
        settings=f"{steps} inner steps, one layer; meta-learned: {outer_steps} outer "
        f"steps on glyphs 8x8, one layer of 32 units, seed {seed}; {made}, but units "
        "as said and as many ways as classes, at most 10; a step's seconds are those "
        f"of 196 inputs and a batch of {made.batch_size}",
    )


def _score(scores, parts, methods, entry, count, steps, protocol, bar):
    """Adds a data set at a number of features to the scores."""
    dataset = _dataset(entry)
    ways = min(10, len(dataset.class_names))
    made = Protocol(**{**protocol, "ways": ways, "units": (count,)})
    members = trials(dataset, made)
    key = dataset.name, count
    settings = f"{dataset.name}; {made}"
    for baseline in BASELINES:
        part = parts.get(
            f"{baseline} {entry} {count}",
            settings,
            lambda baseline=baseline: (
                baseline_accuracies(baseline, count, members),
                0,
            ),
        )
        scores.accuracies.setdefault(key, {})[baseline] = np.array(part.accuracies)
    for title, method in methods.items():
        units = (*method.below, count)
        known = f"{settings}; {steps} steps; {units}; theta {theta_digest(method.rule)}"
        part = parts.get(
            f"{title} {entry} {count}",
            known,
            lambda method=method, units=units: (
                rule_accuracies(method.rule, units, members, steps, made),
                0,
            ),
        )
        scores.accuracies[key][title] = np.array(part.accuracies)
        timed = parts.get(
            f"seconds {title} {count}",
            f"{units}, batch {made.batch_size}",
            lambda method=method, units=units: (
                [],
                step_seconds(method.rule, units, made.batch_size),
            ),
        )
        scores.seconds[title, count] = timed.seconds
        bar.update()


def _dataset(entry):
    if entry in NAMED:
        return sized(entry, **NAMED[entry])
    return standardised_table(entry)
