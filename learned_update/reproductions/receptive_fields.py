"""First-layer receptive fields over meta-training (paper, figure 6 left)."""

import copy
import pathlib

import gin
import numpy as np

from learned_update.data import flatten
from learned_update.errors import invalid
from learned_update.evaluation.figures import receptive_fields_figure
from learned_update.meta import BaseTrainer
from learned_update.reproductions.loading import sized
from learned_update.reproductions.measured import Measured, markdown_table
from learned_update.reproductions.scoring import RANDOM
from learned_update.zoo import load_rule

INITIAL_RULE = "initial_rule.keras"
CHECKPOINTS = "checkpoints/outer_step_*.npz"


@gin.configurable(module="learned_update")
def receptive_fields(
    rule,
    name,
    quick=False,
    run_dir=None,
    dataset="mnist",
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
    else the rule alone.

    Args:
        rule: `UpdateRule`.
        name: of the rule.
        quick: a hundredth of the inner steps.
        run_dir: folder of the rule's run, if it has one.
        dataset: name of a data set of images.
        size: their height and width, in pixels.
        examples_per_class: at most as many are used of each class; None uses all.
        steps: inner steps.
        units: widths of the base model.
        batch_size: of the inner steps.
        seed: of phi and of the batches.
        progress: whether to show a bar; None shows it on a terminal.

    Returns:
        `Measured`: the concentration of every unit's weights.
    """
    steps = max(1, steps // 100) if quick else steps
    loaded = sized(dataset, size, examples_per_class)
    if min(loaded.images.shape[1:3]) < 2:
        raise invalid(
            "Receptive fields are drawn of images.",
            expected="a data set of images",
            received=f"{dataset}: {loaded.images.shape[1:]}",
            remedy="Choose another data set.",
        )
    pixels = flatten(loaded)
    shown = copy.deepcopy(rule)  # takes one theta after the other: compiles once
    base = shown.base_mlp(units)
    trainer = BaseTrainer(shown, base)
    phi = base.init_phi(pixels.shape[1], seed)
    kernels = {RANDOM: np.asarray(phi.layers[0].kernel)}
    for title, theta in _thetas(rule, name, run_dir):
        shown.set_weights(theta)
        (trained,) = trainer(
            [phi], [pixels], steps, batch_size, [seed], progress=progress
        )
        kernels[title] = np.asarray(trained.layers[0].kernel)
    rows = [
        (title, unit, float(share))
        for title, kernel in kernels.items()
        for unit, share in enumerate(concentration(kernel))
    ]
    table = [
        (title, f"{np.mean(concentration(kernel)):.3f}")
        for title, kernel in kernels.items()
    ]
    return Measured(
        columns=("state", "unit", "concentration"),
        rows=rows,
        table=markdown_table(("rule", "mean concentration of a unit's weights"), table),
        figure=receptive_fields_figure(kernels, loaded.images.shape[1:]),
        settings=f"{loaded.name}, {steps} inner steps, seed {seed}; concentration: "
        "sum of fourth powers over squared sum of squares, times the inputs; 3 for "
        "normal weights",
    )


def concentration(kernel):
    """Kurtosis of every unit's weights about 0, `(units,)`; 3 for normal weights."""
    squares = np.square(np.asarray(kernel, "float64"))
    return np.mean(squares**2, axis=0) / np.mean(squares, axis=0) ** 2


def _thetas(rule, name, run_dir):
    """Titles and values of theta, in the order of meta-training."""
    if run_dir is None or not (pathlib.Path(run_dir) / INITIAL_RULE).is_file():
        yield name, rule.get_weights()
        return
    run_dir = pathlib.Path(run_dir)
    yield "initial theta", load_rule(run_dir / INITIAL_RULE).get_weights()
    for path in sorted(run_dir.glob(CHECKPOINTS)):
        step = int(path.stem.removeprefix("outer_step_"))
        with np.load(path) as arrays:
            keys = sorted(key for key in arrays if key.startswith("theta/"))
            yield f"outer step {step}", [arrays[key] for key in keys]
