"""Local learning rules of the literature, as rules that can be meta-trained.

Each is one file with its equation as a pure function, its source, and its constants,
whose logarithms are theta.

From outside: `by_name`.
"""
