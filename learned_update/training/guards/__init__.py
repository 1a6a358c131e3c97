"""Guards of a run: what goes wrong in it without an error, found in its metrics.

From outside: `guard`, `guards`.
"""
