"""Worlds that are drawn from a seed: pictures, tables and texts without end.

From outside: `images`, `tables`, `text`.
"""
