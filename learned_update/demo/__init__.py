"""A page on this machine: drop data, see features being learned, take them away."""
