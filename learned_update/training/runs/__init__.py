"""A meta-training run on disk: its directory, checkpoints, log and signals.

From outside: `ahead`, `checkpoint`, `experiment`, `interruption`, `metrics_log`, `run`.
"""
