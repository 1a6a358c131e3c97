"""Meta-training of every local rule with one budget, each a run that is kept."""

import pathlib

from learned_update.reproductions.shared.runs import Run, train_all
from learned_update.zoo import load_rule

GIN_FOLDER = "local_rules"


def trained_rules(names, folder, outer_steps, seed, processes=1, progress=None):
    """The local rules after a short meta-training, by `learned-update train`.

    Args:
        names: of the local rules.
        folder: where the runs are kept; those that are done are read.
        outer_steps: of every run.
        seed: of every run.
        processes: how many runs at a time.
        progress: whether to show a bar; None shows it on a terminal.

    Returns:
        `(rules, failed)`: `{name: Rule}`, and `{name: why}` of those that failed.
    """
    warmup = min(20, max(1, outer_steps // 5))
    runs = {
        name: Run(
            folder=pathlib.Path(folder, name),
            gin_file=f"{GIN_FOLDER}/{name}.gin",
            bindings=(
                f"meta_train.outer_steps = {outer_steps}",
                f"adam.outer_steps = {outer_steps}",
                f"adam.warmup_steps = {warmup}",
                "experiment.report = None",
            ),
            seed=seed,
        )
        for name in names
    }
    reasons = train_all(list(runs.values()), processes, progress)
    failed = {name: reasons[run] for name, run in runs.items() if run in reasons}
    rules = {
        name: load_rule(str(run.folder))
        for name, run in runs.items()
        if name not in failed
    }
    return rules, failed
