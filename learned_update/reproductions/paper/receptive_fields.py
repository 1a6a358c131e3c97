"""First-layer receptive fields over meta-training (paper, figure 6 left)."""

import copy

import gin
import numpy as np

from learned_update.data import flatten
from learned_update.errors import invalid
from learned_update.evaluation.results.receptive_field_figure import (
    receptive_fields_figure,
)
from learned_update.meta import BaseTrainer
from learned_update.randomness import generator
from learned_update.reproductions.shared.loading import sized
from learned_update.reproductions.shared.measured import Measured, markdown_table
from learned_update.reproductions.shared.run_thetas import run_thetas
from learned_update.reproductions.shared.scoring import RANDOM

DRAWN = 4  # states of a data set in the figure


@gin.configurable(module="learned_update")
def receptive_fields(
    rule,
    name,
    quick=False,
    run_dir=None,
    datasets=("mnist", "cifar10"),
    size=14,
    examples_per_class=500,
    steps=10_000,
    units=(64, 64, 32),
    batch_size=128,
    seed=0,
    progress=None,
):
    """What the first layer's units look for, after inner steps of several rules.

    Of a run directory the initial rule and every checkpoint that it keeps are shown,
    else the rule alone. The pixels are in a random order, which the fields are put
    back from. The figure has the first states and the last one.

    Args:
        rule: `UpdateRule`.
        name: of the rule.
        quick: a hundredth of the inner steps.
        run_dir: folder of the rule's run, if it has one.
        datasets: names of data sets of images.
        size: their height and width, in pixels.
        examples_per_class: at most as many are used of each class; None uses all.
        steps: inner steps.
        units: widths of the base model.
        batch_size: of the inner steps.
        seed: of phi, of the batches and of the order of the pixels.
        progress: whether to show a bar; None shows it on a terminal.

    Returns:
        `Measured`: the concentration of every unit's weights.
    """
    steps = max(1, steps // 100) if quick else steps
    loaded = [sized(dataset, size, examples_per_class) for dataset in datasets]
    for dataset in loaded:
        _check_images(dataset)
    shown = copy.deepcopy(rule)  # takes one theta after the other: compiles once
    base = shown.base_mlp(units)
    trainer = BaseTrainer(shown, base)
    kernels = {}
    for dataset in loaded:
        pixels = flatten(dataset)
        order = generator(seed).permutation(pixels.shape[1])
        phi = base.init_phi(pixels.shape[1], seed)
        fields = {RANDOM: unpermuted(phi, order)}
        for title, theta in run_thetas(rule, name, run_dir):
            shown.set_weights(theta)
            (trained,) = trainer(
                [phi],
                [pixels[:, order]],
                steps,
                min(batch_size, len(pixels)),
                [seed],
                progress=progress,
            )
            fields[title] = unpermuted(trained, order)
        kernels[dataset.name] = fields
    shapes = {dataset.name: dataset.images.shape[1:] for dataset in loaded}
    panels = {
        f"{dataset}: {title}": (fields[title], shapes[dataset])
        for dataset, fields in kernels.items()
        for title in drawn(list(fields))
    }
    return Measured(
        columns=("dataset", "state", "unit", "concentration"),
        rows=[
            (dataset, title, unit, float(share))
            for dataset, fields in kernels.items()
            for title, kernel in fields.items()
            for unit, share in enumerate(concentration(kernel))
        ],
        table=_table(kernels),
        figure=receptive_fields_figure(panels, len(panels) // len(loaded)),
        settings=f"{', '.join(kernels)}; {steps} inner steps, pixels in a random "
        f"order, seed {seed}; concentration: sum of fourth powers over squared sum "
        "of squares, times the inputs; 3 for normal weights",
    )


def drawn(states):
    """Those of some states that there is room for: the first ones and the last."""
    return states if len(states) <= DRAWN else [*states[: DRAWN - 1], states[-1]]


def unpermuted(phi, order):
    """The first kernel with its inputs where they were: `(inputs, units)`.

    Args:
        phi: `Phi` of inputs `x[:, order]`.
        order: `(inputs,)`.
    """
    return np.asarray(phi.layers[0].kernel)[np.argsort(order)]


def concentration(kernel):
    """Kurtosis of every unit's weights about 0, `(units,)`; 3 for normal weights."""
    squares = np.square(np.asarray(kernel, "float64"))
    return np.mean(squares**2, axis=0) / np.mean(squares, axis=0) ** 2


def _table(kernels):
    """Mean concentration, a row per state and a column per data set."""
    states = next(iter(kernels.values()))
    return markdown_table(
        ("mean concentration of a unit's weights", *kernels),
        [
            (
                state,
                *(
                    f"{np.mean(concentration(each[state])):.3f}"
                    for each in kernels.values()
                ),
            )
            for state in states
        ],
    )


def _check_images(dataset):
    if min(dataset.images.shape[1:3]) < 2:
        raise invalid(
            "Receptive fields are drawn of images.",
            expected="data sets of images",
            received=f"{dataset.name}: {dataset.images.shape[1:]}",
            remedy="Choose another data set.",
        )
