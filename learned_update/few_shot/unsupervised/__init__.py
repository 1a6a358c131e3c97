"""The learned update rule as a few-shot learner: features without labels, a read-out.

From outside: `rule_learner`.
"""
