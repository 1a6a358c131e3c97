"""Few labels, and a full test set as queries: all methods in one table.

From outside: `comparison`, `kept`, `protocol`, `report`, `scores`, `table`.
"""
