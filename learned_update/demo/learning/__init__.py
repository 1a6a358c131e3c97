"""Features being learned: the stages, what each is worth, and what is taken away.

From outside: `course`, `results`, `settings`.
"""
