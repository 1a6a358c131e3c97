"""Linear maps between positions: patches of images, and attention over tokens.

Units are `(..., rows, units)`, a row being a position of an example, example by
example.

From outside: `attention`, `patches`, `sampling`.
"""
