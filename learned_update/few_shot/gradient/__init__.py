"""Learners that learn a task by gradient steps, from weights that are meta-learned.

From outside: `anil`, `implicit`, `inner_steps`, `maml`, `meta_sgd`, `network`,
`reptile`.
"""
