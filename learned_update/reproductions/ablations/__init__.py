"""Each component of the rule taken away, or added, meta-trained with one budget.

From outside: `reproduction`, `rule_forms`, `scores`, `table`.
"""
