"""Learners that compare the query with the support: a metric is meta-learned.

From outside: `attention`, `graph`, `matching`, `prototypical`, `prototypes`,
`relation`, `siamese`.
"""
