"""Verbs that look at the directory of a run, a file each."""
