"""All local rules on one protocol, at published constants and at meta-trained ones.

From outside: `reproduction`.
"""
