"""Meta-losses of runs that differ in nothing but their precision and seed."""

from learned_update.benchmarks.glyph_trainer import make_trainer


def meta_losses(configuration, precision, seeds, outer_steps):
    """Meta-losses of runs on glyphs.

    Args:
        configuration: `Configuration`.
        precision: as of `MetaTrainer`.
        seeds: of as many runs.
        outer_steps: of each.

    Returns:
        Lists of floats, `(seeds, outer_steps)`.
    """
    return [_of_run(configuration, precision, seed, outer_steps) for seed in seeds]


def _of_run(configuration, precision, seed, outer_steps):
    trainer = make_trainer(configuration, precision=precision, seed=seed)
    state, losses = trainer.initial_state(), []
    for _ in range(outer_steps):
        state, metrics = trainer.step(state)
        losses.append(metrics["meta_loss"])
    return losses
