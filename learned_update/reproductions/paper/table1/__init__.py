"""The rule beside other approaches to meta-learning (paper, table 1).

From outside: `table1`.
"""
