"""What an inner step may know of those before it: their number, and their changes.

From outside: `inner_time`, `momentum`.
"""
