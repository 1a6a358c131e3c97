"""A meta-training run: its outer steps, log and signals.

From outside: `ahead`, `events`, `experiment`, `interruption`, `late_metrics`,
`metrics_log`, `outer_loop`, `run`, `unmonitored`.
"""
