"""How an outer step grows with its sizes: measured, and drawn.

From outside: `figure`, `series`.
"""
