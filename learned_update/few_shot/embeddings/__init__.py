"""Embedding networks as pure functions of their weights.

From outside: `batch_norm`, `dense`, `embedding`, `initial`, `lstm`, `pair`.
"""
