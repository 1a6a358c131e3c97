"""The rule beside other approaches to meta-learning (paper, table 1), measured."""

from typing import Any, NamedTuple

import gin
import numpy as np
import threadpoolctl

from learned_update.data import TaskDistribution, load, load_all
from learned_update.evaluation import Column, Protocol
from learned_update.progress import Progress
from learned_update.reproductions.paper.permuted_pixels import PROTOTYPICAL, ordered
from learned_update.reproductions.paper.table1.approach import (
    BASE,
    CLASSES,
    INPUTS,
    LEARNED_OPTIMIZER,
    MAML,
    meta_trained,
    references,
    rule_approach,
)
from learned_update.reproductions.paper.table1.approach_table import (
    ApproachRow,
    approach_markdown,
    approach_rows,
)
from learned_update.reproductions.shared import plots
from learned_update.reproductions.shared.measured import Measured
from learned_update.reproductions.shared.scoring import trials

LIKE, PERMUTED = "like meta-training", "permuted pixels"
IMAGES, SHAPE, TEXT = "other images", "other width and depth", "text"
QUICK = {"initialisations": 2, "episodes": 3}


class Situation(NamedTuple):
    """Unseen tasks, and the base model for them.

    Attributes:
        trials: `Trial`s, a list of one per initialisation for every data set.
        units: widths of the base model.
    """

    trials: list[list[Any]]
    units: tuple[int, ...]

    def form(self):
        """What meta-parameters may be bound to, by name."""
        trial = self.trials[0][0]
        sizes = trial.train.shape[1], self.units, trial.episodes.ways
        return dict(zip((INPUTS, BASE, CLASSES), sizes, strict=True))


@gin.configurable(module="learned_update")
def approaches(
    rule,
    name,
    quick=False,
    trained_on=("glyphs/meta_train",),
    tested_on=("glyphs/meta_test",),
    other_images="digits",
    other_units=(256, 256, 256, 32),
    text="imdb",
    size=14,
    channels=1,
    steps=200,
    prototypical_steps=3000,
    maml_steps=1000,
    optimizer_steps=300,
    progress=None,
    **protocol,
):
    """Scores approaches to meta-learning in situations unlike meta-training.

    What is meta-trained here sees labelled tasks of `trained_on`, pixels in order,
    and the protocol's base model. All approaches are scored on the same trials and
    episodes. The rule and the random initialisation learn from a trial's train part
    without labels, then a ridge read-out of each episode; the others learn from an
    episode's labelled support alone. The prototypical network and MAML are the few-shot
    learners, with an MLP.

    Args:
        rule: `UpdateRule`.
        name: of the rule.
        quick: two initialisations, three episodes, a tenth of the inner steps of the
            rule and of all meta-training.
        trained_on: names of the data sets of meta-training.
        tested_on: names of the data sets like those.
        other_images: name of a data set of other images.
        other_units: widths of a base model that meta-training did not have.
        text: name of a data set of another input width; None leaves it out.
        size: height and width of the images, in pixels.
        channels: 1 for grey, 3 for colour.
        steps: inner steps of the rule.
        prototypical_steps: outer steps of the prototypical network.
        maml_steps: outer steps of MAML.
        optimizer_steps: outer steps of the learned optimizer.
        progress: whether to show bars; None shows them on a terminal.
        **protocol: fields of `Protocol`; text has as many ways as it has classes, at
            most as many as the images.

    Returns:
        `Measured`.
    """
    outer_steps = (prototypical_steps, maml_steps, optimizer_steps)
    if quick:
        protocol = {**protocol, **QUICK}
        steps, *outer_steps = (max(1, count // 10) for count in (steps, *outer_steps))
    fields = {"initialisations": 3, "episodes": 5, **protocol}
    protocol = Protocol(**fields)
    known = load_all(trained_on, size=size, channels=channels)
    tasks = TaskDistribution(
        known, None, protocol.ways, protocol.shots, protocol.queries
    )
    unseen = load_all(tested_on, size=size, channels=channels)
    images = load(other_images, size=size, channels=channels)
    situations = _situations(unseen, images, other_units, protocol)
    if text is not None:
        dataset = load(text)
        ways = min(protocol.ways, len(dataset.class_names))
        members = trials(dataset, Protocol(**{**fields, "ways": ways}))
        situations[TEXT] = Situation([members], protocol.units)
    rows = {
        name: rule_approach(rule, steps, protocol),
        **meta_trained(tasks, known, outer_steps, protocol, progress),
        **references(rule, protocol),
    }
    form = dict(
        zip(
            (INPUTS, BASE, CLASSES),
            (tasks.input_dim, protocol.units, protocol.ways),
            strict=True,
        )
    )
    results = _results(rows, situations, form, progress)
    table = approach_rows(rows, results, name)
    scores = {
        title: {Column(method): found[0] for method, found in cells.items() if found}
        for title, cells in _by_situation(results).items()
    }
    described = f"other images {other_images}" + (f", text {text}" if text else "")
    return Measured(
        columns=ApproachRow._fields,
        rows=[tuple(row) for row in table],
        table=approach_markdown(table, rows, name),
        figure=plots.groups_figure(
            scores, f"meta-trained on {', '.join(trained_on)}, {size}x{size}"
        ),
        settings=f"{protocol}; meta-training on {', '.join(trained_on)}, outer steps "
        f"{PROTOTYPICAL} {outer_steps[0]}, {MAML} {outer_steps[1]}, "
        f"{LEARNED_OPTIMIZER} {outer_steps[2]}; {steps} inner steps of the rule; "
        f"like meta-training {', '.join(tested_on)}; {described}; other base model "
        f"{'-'.join(map(str, other_units))}",
    )


def _situations(unseen, images, other_units, protocol):
    """The situations with images, `{name: Situation}`."""
    members = [trials(dataset, protocol) for dataset in unseen]
    permuted = [
        [ordered(trial, number) for number, trial in enumerate(group)]
        for group in members
    ]
    return {
        LIKE: Situation(members, protocol.units),
        PERMUTED: Situation(permuted, protocol.units),
        IMAGES: Situation([trials(images, protocol)], protocol.units),
        SHAPE: Situation(members, tuple(other_units)),
    }


def _results(rows, situations, form, progress):
    """What was measured of every approach in every situation.

    Args:
        rows: `{method: Approach}`.
        situations: `{name: Situation}`.
        form: what meta-parameters may be bound to, as it was in meta-training.
        progress: whether to show a bar.

    Returns:
        `{(method, situation): (accuracies, seconds)}`, accuracies `(data sets,
        initialisations, episodes)`; or what keeps the approach from it, a text.
    """
    # Many small decompositions: threads of BLAS would only wait for each other.
    results = {}
    with (
        threadpoolctl.threadpool_limits(1),
        Progress(len(rows) * len(situations), "table 1", enabled=progress) as bar,
    ):
        for title, situation in situations.items():
            here = situation.form()
            for method, approach in rows.items():
                against = [b for b in approach.bound_to if here[b] != form[b]]
                results[method, title] = (
                    " and ".join(against) if against else _scored(approach, situation)
                )
                bar.update()
    return results


def _scored(approach, situation):
    """Accuracies `(data sets, initialisations, episodes)`, and seconds of a task."""
    found = [
        [
            approach.score(trial, number, situation.units)
            for number, trial in enumerate(members)
        ]
        for members in situation.trials
    ]
    accuracies = np.array([[each for each, _ in group] for group in found])
    seconds = [seconds for group in found for _, seconds in group]
    return accuracies, float(np.median(seconds))


def _by_situation(results):
    """`{situation: {method: (accuracies, seconds), or None if it cannot}}`."""
    grouped = {}
    for (method, title), found in results.items():
        known = None if isinstance(found, str) else found
        grouped.setdefault(title, {})[method] = known
    return grouped
