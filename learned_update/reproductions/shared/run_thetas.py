"""The states of theta that a meta-training run keeps."""

import pathlib

from learned_update.training import (
    INITIAL_RULE_FILE,
    checkpoints,
    outer_step_of,
    read_checkpoint,
)
from learned_update.training.saving.folder import CHECKPOINT_FOLDER
from learned_update.zoo import load_rule


def run_thetas(rule, name, run_dir=None):
    """Titles and values of theta, in the order of meta-training.

    Of a run directory there are the initial theta and every checkpoint that it keeps
    (`meta_train.keep_every`), else the rule's own theta alone.

    Args:
        rule: `UpdateRule`.
        name: of the rule.
        run_dir: folder of the rule's run, if it has one.

    Yields:
        `(title, arrays)` for `rule.set_weights`.
    """
    if run_dir is None or not (pathlib.Path(run_dir) / INITIAL_RULE_FILE).is_file():
        yield name, rule.get_weights()
        return
    run_dir = pathlib.Path(run_dir)
    yield "initial theta", load_rule(run_dir / INITIAL_RULE_FILE).get_weights()
    for path in checkpoints(run_dir / CHECKPOINT_FOLDER):
        if outer_step_of(path) == 0:
            continue
        arrays = read_checkpoint(path)
        keys = sorted(key for key in arrays if key.startswith("theta/"))
        yield f"outer step {outer_step_of(path)}", [arrays[key] for key in keys]
