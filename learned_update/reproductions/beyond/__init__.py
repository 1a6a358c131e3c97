"""What the paper lacks: horizon, number of labels, domain.

From outside: `domain`, `horizon`, `labels_per_class`.
"""
