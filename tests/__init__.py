"""Tests of `learned_update`."""
