"""Supervised learning on the labels of an episode alone.

From outside: `classifier`, `from_scratch`.
"""
