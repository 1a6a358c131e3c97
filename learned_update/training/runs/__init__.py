"""A meta-training run on disk: its directory, checkpoints, log and signals.

From outside: `checkpoint`, `experiment`, `interruption`, `late_metrics`, `metrics_log`,
`run`.
"""
