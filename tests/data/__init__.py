"""Tests of data sets and tasks."""
