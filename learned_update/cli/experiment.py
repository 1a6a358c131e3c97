"""An experiment: meta-train a rule, then report on it."""

import gin

from learned_update.training import meta_train


@gin.configurable
def experiment(run_dir, report=None):
    """Meta-trains a rule, then reports on it.

    Args:
        run_dir: folder of the run.
        report: what to do with the run when it is trained, a function of `run_dir`
            and `rule`; None for nothing.

    Returns:
        The meta-trained rule.
    """
    rule = meta_train(run_dir)
    if report is not None:
        report(run_dir=run_dir, rule=rule)
    return rule
