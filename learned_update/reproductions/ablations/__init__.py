"""Each component of the rule taken away, meta-trained with one budget.

From outside: `reproduction`, `scores`, `table`.
"""
