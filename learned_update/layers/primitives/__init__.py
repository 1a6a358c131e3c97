"""Layers without an idea of their own: linear, convolution, normalisation, blocks.

From outside: `batch_norm`, `block`, `convolution`, `linear`.
"""
