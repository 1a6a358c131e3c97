"""Tests of `learned_update.estimator`."""
