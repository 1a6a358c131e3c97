"""Estimators of the meta-gradient, compared at equal compute.

From outside: `reproduction`.
"""
