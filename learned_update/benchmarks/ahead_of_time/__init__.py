"""The outer step of an experiment, compiled for a TPU that is not there.

From outside: `largest_bucket`, `tpu`.
"""
