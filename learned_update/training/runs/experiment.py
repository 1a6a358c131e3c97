"""An experiment: meta-train a rule, then report on it."""

import gin

from learned_update.errors import invalid
from learned_update.training.runs.run import INITIAL_RULE_FILE, meta_train
from learned_update.zoo import load_rule


@gin.configurable
def experiment(run_dir, report=None, hosts=None, until=None):
    """Meta-trains a rule, then reports on it.

    Args:
        run_dir: folder of the run.
        report: what to do with the run when it is trained, a function of `run_dir`,
            `rule` and `initial_rule`; None for nothing. Of several hosts the first
            does it.
        hosts: as of `meta_train`.
        until: as of `meta_train`.

    Returns:
        The meta-trained rule.

    Raises:
        ValueError: as `meta_train` does; or `report` is no function.
    """
    if not (report is None or callable(report)):
        raise invalid(
            "Nothing can be done with the run when it is trained.",
            expected="a function, such as @report, or None",
            received=f"experiment.report = {report!r}",
            remedy="References begin with @ and stand without quotes.",
        )
    given = {} if until is None else {"until": until}
    rule = meta_train(run_dir, hosts=hosts, **given)
    if report is not None and (hosts is None or hosts.first):
        initial_rule = load_rule(run_dir / INITIAL_RULE_FILE)
        report(run_dir=run_dir, rule=rule, initial_rule=initial_rule)
    return rule
