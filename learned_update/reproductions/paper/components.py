"""Principal components of representations (paper, figure 6 centre and right)."""

import gin
import numpy as np
from sklearn.decomposition import PCA

from learned_update.data import flatten, load
from learned_update.meta import BaseTrainer
from learned_update.reproductions.shared import plots
from learned_update.reproductions.shared.measured import Measured, markdown_table

SHOWN = 3  # components


@gin.configurable(module="learned_update")
def represented(
    rule,
    quick=False,
    datasets=("two_moons", "mnist"),
    size=14,
    examples=1000,
    steps=500,
    units=(128, 128, 32),
    batch_size=128,
    seed=0,
    progress=None,
):
    """Representations of data sets before and after the rule's inner steps.

    Args:
        rule: `UpdateRule`.
        quick: a tenth of the inner steps.
        datasets: names of data sets.
        size: height and width of images, in pixels.
        examples: at most as many of each data set.
        steps: inner steps.
        units: widths of the base model.
        batch_size: of the inner steps.
        seed: of phi, of the batches and of the examples.
        progress: whether to show a bar; None shows it on a terminal.

    Returns:
        `{data set: (labels, before, after)}`, and the settings in words.
    """
    steps = max(1, steps // 10) if quick else steps
    base = rule.base_mlp(units)
    trainer, found = BaseTrainer(rule, base), {}
    for name in datasets:
        dataset = load(name) if name in ("two_moons", "imdb") else load(name, size=size)
        rng = np.random.default_rng(seed)
        rows = rng.permutation(len(dataset.images))[:examples]
        pixels, labels = flatten(dataset)[rows], dataset.labels[rows]
        phi = base.init_phi(pixels.shape[1], seed)
        (trained,) = trainer(
            [phi],
            [pixels],
            steps,
            min(batch_size, len(pixels)),
            [seed],
            progress=progress,
        )
        before, after = (
            np.asarray(base.embed(each, pixels, base.statistics(each, pixels)))
            for each in (phi, trained)
        )
        found[dataset.name] = (labels, before, after)
    widths = "-".join(map(str, units))
    settings = f"{examples} examples, {steps} inner steps, units {widths}, seed {seed}"
    return found, settings


def projected(rule, name, quick=False):
    """Projections on the top principal components (figure 6 centre).

    Args:
        rule: `UpdateRule`.
        name: of the rule.
        quick: a tenth of the inner steps.

    Returns:
        `Measured`: coordinates of every example.
    """
    found, settings = represented(rule, quick)
    rows, points, shares = [], {}, []
    for dataset, (labels, before, after) in found.items():
        points[dataset] = {}
        for title, features in (("before", before), (f"after, {name}", after)):
            pca = PCA(min(SHOWN, features.shape[1]), random_state=0)
            places = pca.fit_transform(features)
            points[dataset][title] = places
            explained = 100 * pca.explained_variance_ratio_.sum()
            shares.append((dataset, title, f"{explained:.1f}"))
            rows += [
                (dataset, title, int(label), *map(float, place))
                for label, place in zip(labels, places, strict=True)
            ]
    labels = {dataset: found[dataset][0] for dataset in found}
    return Measured(
        columns=("dataset", "state", "label", "pc_1", "pc_2", "pc_3"),
        rows=rows,
        table=markdown_table(
            ("data set", "state", f"variance of the first {SHOWN} components (%)"),
            shares,
        ),
        figure=plots.scatter_figure(points, labels),
        settings=settings,
    )


def explained(rule, name, quick=False):
    """Cumulative variance that principal components explain (figure 6 right).

    Args:
        rule: `UpdateRule`.
        name: of the rule.
        quick: a tenth of the inner steps.

    Returns:
        `Measured`: the share after every component.
    """
    found, settings = represented(rule, quick)
    curves = {}
    for dataset, (_, before, after) in found.items():
        for title, features in (("before", before), (f"after, {name}", after)):
            ratios = PCA(random_state=0).fit(features).explained_variance_ratio_
            curves[f"{dataset}, {title}"] = np.cumsum(ratios)
    rows = [
        (label, count + 1, float(share))
        for label, curve in curves.items()
        for count, share in enumerate(curve)
    ]
    marks = (1, 2, 3, 5, 10)
    table = [
        (label, *(f"{100 * curve[min(m, len(curve)) - 1]:.1f}" for m in marks))
        for label, curve in curves.items()
    ]
    return Measured(
        columns=("representation", "components", "share"),
        rows=rows,
        table=markdown_table(("variance explained (%) by", *map(str, marks)), table),
        figure=plots.cumulative_figure(curves),
        settings=settings,
    )
