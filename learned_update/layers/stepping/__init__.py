"""How an inner step goes beyond its change: time, momentum, rates of their own.

From outside: `clock`, `momentum`, `rate_map`.
"""
