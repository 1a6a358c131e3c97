"""Whether a precision of the matrix products trains as float32 does.

From outside: `losses`, `verdicts`.
"""
