"""Base models: what phi is the parameters of, an MLP, convolutions or attention.

From outside: `attention`, `conv`, `kinds`, `mlp`, `outputs`, `wired`.
"""
