"""What was measured in words, and what a profile's trace says.

From outside: `tables`.
"""
