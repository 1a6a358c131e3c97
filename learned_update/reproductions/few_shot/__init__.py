"""The field's few-shot learners beside the rule, on the same episodes.

From outside: `learners`.
"""
