"""A meta-training run: its outer steps, log and signals.

From outside: `ahead`, `experiment`, `interruption`, `late_metrics`, `metrics_log`,
`run`.
"""
