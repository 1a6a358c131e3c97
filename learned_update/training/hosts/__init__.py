"""The hosts of a run: alone or several, joined, and what becomes of a lost one.

From outside: `alone`, `card`, `joining`, `options`.
"""
