"""Few labels, and a full test set as queries: all methods in one table.

From outside: `comparison`, `protocol`, `report`, `scores`, `table`.
"""
