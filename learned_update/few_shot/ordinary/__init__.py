"""Learners without meta-learning: the yardsticks that every course begins with.

From outside: `fine_tuning`, `from_scratch`, `multi_task`, `nearest_neighbour`.
"""
