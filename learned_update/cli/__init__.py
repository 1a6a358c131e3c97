"""The command `learned-update`: flags, gin, one call."""
