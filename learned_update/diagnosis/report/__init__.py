"""The report of a diagnosis: figure, page, numbers and events.

From outside: `numbers`, `write`.
"""
