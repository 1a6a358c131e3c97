"""Tests of `learned_update.zoo`."""
