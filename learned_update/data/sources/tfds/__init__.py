"""Data sets of TensorFlow Datasets.

From outside: `loading`.
"""
