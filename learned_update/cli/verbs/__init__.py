"""The verbs of `learned-update`, a file each."""
