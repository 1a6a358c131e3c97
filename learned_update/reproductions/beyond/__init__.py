"""What the paper lacks: horizon, numbers of labels and features, domain.

From outside: `domain`, `features`, `horizon`, `labels_per_class`.
"""
