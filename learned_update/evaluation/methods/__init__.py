"""What is scored: methods by name, each a way from unlabelled rows to features.

From outside: `by_name`, `embedding`, `rule_features`, `widths`.
"""
