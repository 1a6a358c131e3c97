"""A meta-training run on disk: its directory, checkpoints, log and signals.

From outside: `ahead`, `checkpoint`, `experiment`, `interruption`, `late_metrics`,
`metrics_log`, `run`.
"""
