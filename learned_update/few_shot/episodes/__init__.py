"""Episodes: N classes, K labelled examples of each, and queries.

From outside: `distribution`, `episode`, `named`, `omniglot`.
"""
