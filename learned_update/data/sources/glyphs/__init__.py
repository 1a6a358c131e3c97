"""Characters of many scripts, rendered from fonts.

From outside: `scripts`.
"""
