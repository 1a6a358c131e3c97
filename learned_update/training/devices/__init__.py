"""Which devices compute: one, or several that share the tasks of a group.

From outside: `choice`, `one_device`.
"""
