"""Rules that compare: two views of an example, or an example and a made one.

From outside: `clapp`, `forward_forward`, `lpl`.
"""
