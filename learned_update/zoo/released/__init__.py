"""The authors' published rule: read from their checkpoint, and converted.

From outside: `conversion`.
"""
