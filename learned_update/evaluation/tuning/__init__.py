"""The search for settings: every method with one budget, no test example read.

From outside: `search`.
"""
