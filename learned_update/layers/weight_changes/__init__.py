"""From the states of two levels to the change of the kernel between them.

From outside: `merge`, `terms`, `weight_change`.
"""
