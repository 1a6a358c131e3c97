"""Baselines that are meta-trained on a distribution of tasks.

From outside: `learned_optimizer`, `prototypical`.
"""
