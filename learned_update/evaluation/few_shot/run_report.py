"""What a meta-trained rule is worth: table and figures of a run directory."""

import pathlib

import gin
import numpy as np

from learned_update.evaluation.episodes.trial import draw_trial
from learned_update.evaluation.few_shot.protocol import Protocol
from learned_update.evaluation.few_shot.scores import (
    RANDOM_INITIALISATION,
    base_trainers,
    score,
    training_course,
)
from learned_update.evaluation.results import figures
from learned_update.evaluation.results.column import Column
from learned_update.evaluation.results.metrics import metric_columns
from learned_update.evaluation.results.receptive_field_figure import (
    receptive_fields_figure,
)
from learned_update.evaluation.results.table import (
    tabulate,
    with_families,
    write_csv,
    write_markdown,
)
from learned_update.run_metrics import THETA_AVERAGE, read_metrics, read_origins

META_TRAINED = "meta-trained rule"
INITIAL = "initial theta"
HORIZON = 10  # how many times the longest unroll the curves go on
MARKS = (1, 2, 5, 10, 20, 50, 100, 200)  # of the curves, in twentieths of that unroll


@gin.configurable
def report(
    rule,
    initial_rule,
    datasets,
    run_dir,
    longest_unroll=200,
    steps=None,
    curve_initialisations=3,
    progress=None,
    **protocol,
):
    """Writes the table and the figures of a meta-trained rule.

    `table.csv` and `table.md` (after `steps` and after ten times the longest unroll),
    `curves.csv` (all that the figures show) and in `plots/` `meta_loss.png` (if the
    run has `metrics.jsonl`), `accuracy.png` and `receptive_fields_*.png`.

    Args:
        rule: the meta-trained `UpdateRule`.
        initial_rule: the same at its initial theta.
        datasets: `Dataset`s of different names that meta-training has not seen.
        run_dir: where to write.
        longest_unroll: inner steps of the longest unroll in meta-training.
        steps: inner steps that the table compares at; `longest_unroll` if None.
        curve_initialisations: of phi that are trained and scored beyond those steps,
            most of the work.
        progress: whether to show a bar; None shows it on a terminal.
        **protocol: fields of `Protocol`, such as `units`, `shots`, `episodes` and
            `initialisations`.

    Returns:
        The `Row`s of the table.
    """
    protocol = Protocol(**protocol)
    run_dir = pathlib.Path(run_dir)
    steps = steps or longest_unroll
    last = HORIZON * longest_unroll
    trainers = base_trainers({META_TRAINED: rule, INITIAL: initial_rule}, protocol)
    curve_initialisations = min(curve_initialisations, protocol.initialisations)
    curve = dict.fromkeys(step_marks(longest_unroll, steps), curve_initialisations)
    curve[steps] = protocol.initialisations
    marks = {
        META_TRAINED: curve,
        INITIAL: {mark: count for mark, count in curve.items() if mark <= steps},
    }
    scores = score(trainers, marks, datasets, protocol, progress)
    reference = Column(META_TRAINED, steps)
    curves = tabulate(scores, reference)
    rows = [row for row in curves if row.steps in (None, steps, last)]
    write_csv(curves, run_dir / "curves.csv")
    write_csv(rows, run_dir / "table.csv")
    caption = f"{averaging_in_words(run_dir)}{protocol}; {last} steps: the first "
    caption += f"{curve_initialisations} of them."
    write_markdown(rows, reference, caption, run_dir / "table.md")
    trainer = trainers[META_TRAINED]
    _draw(scores, trainer, datasets, run_dir, longest_unroll, steps, protocol)
    return rows


def averaging_in_words(run_dir):
    """How theta of a run was averaged, to begin a caption with; empty if it was not."""
    average = next((x.get(THETA_AVERAGE) for x in read_origins(run_dir)[-1:]), None)
    if average is None:
        return ""
    mean = "mean" if average["decay"] is None else "exponential mean"
    return f"theta is the {mean} over the outer steps after {average['begin']}; "


def step_marks(longest_unroll, steps):
    """Inner steps at which the curves are scored, up to `HORIZON` longest unrolls.

    A twentieth of the longest unroll divides most of them, so that the base model
    trains in few long stretches.
    """
    unit = max(1, longest_unroll // 20)
    last = HORIZON * longest_unroll
    marks = {unit * mark for mark in MARKS if unit * mark <= last}
    return tuple(sorted(marks | {longest_unroll, steps, last}))


def _draw(scores, trainer, datasets, run_dir, longest_unroll, steps, protocol):
    plots = run_dir / "plots"
    metrics = metric_columns(read_metrics(run_dir))
    if metrics:
        figures.save(figures.meta_loss_figure(metrics), plots / "meta_loss.png")
    figures.save(
        figures.accuracy_figure(
            with_families(scores), longest_unroll, RANDOM_INITIALISATION
        ),
        plots / "accuracy.png",
    )
    for dataset in datasets:
        kernels = first_kernels(trainer, dataset, steps, protocol)
        shape = dataset.images.shape[1:]
        figures.save(
            receptive_fields_figure({t: (k, shape) for t, k in kernels.items()}),
            plots / f"receptive_fields_{dataset.name.replace('/', '_')}.png",
        )


def first_kernels(trainer, dataset, steps, protocol):
    """Kernels of the first layer before and after, for the first initialisation.

    Returns:
        `{title: (inputs, units)}`.
    """
    trial = draw_trial(dataset, protocol, 0)
    before = trainer.base.init_phi(trial.train.shape[1], trial.seed)
    ((_, (after,)),) = training_course(trainer, [trial], (steps,), protocol)
    return {
        title: np.asarray(phi.layers[0].kernel)
        for title, phi in (
            (f"{dataset.name}: random initialisation", before),
            (f"{dataset.name}: after {steps} inner steps", after),
        )
    }
