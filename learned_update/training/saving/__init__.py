"""Checkpoints: what they hold, how they are written and read, which are kept.

From outside: `archive`, `checkpoint`, `folder`, `newest`, `writer`.
"""
