"""Hebbian rules: what a synapse sees of its two ends, and of its layer.

From outside: `bcm`, `foldiak`, `oja`, `sanger`, `similarity_matching`, `soft_hebb`.
"""
