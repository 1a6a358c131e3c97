"""Tables of numbers in files: how they are written, and their numbers and labels.

From outside: `cells`, `columns`, `layouts`, `parquet_tables`, `text_tables`.
"""
